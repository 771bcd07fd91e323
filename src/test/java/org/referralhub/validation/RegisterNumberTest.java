package org.referralhub.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class RegisterNumberTest {
    @ParameterizedTest
    @CsvFileSource(resources = "register-numbers.csv", ignoreLeadingAndTrailingWhitespace = false)
    void every_known_example_reads_as_it_should(String written, String valid, String birthDate, String sex) {
        String normal = RegisterNumber.normalise(written);
        assertThat(normal.equals(written)).isEqualTo(!valid.equals("normalise"));
        RegisterNumber.Reading reading = RegisterNumber.read(normal);
        if (valid.equals("false")) {
            assertThat(reading).isInstanceOf(RegisterNumber.Invalid.class);
        } else {
            assertThat(reading).isEqualTo(new RegisterNumber.Valid(LocalDate.parse(birthDate), sex.equals("male")));
        }
    }

    @Test
    void characters_that_look_alike_are_told_with_what_to_type_and_never_repeated() {
        assertThat(RegisterNumber.read("YК03271614")).isEqualTo(homoglyph("1 → У"));
        assertThat(RegisterNumber.read("YK03271614")).isEqualTo(homoglyph("1 → У, 2 → К"));
        assertThat(RegisterNumber.read("УКОЗ27I614")).isEqualTo(homoglyph("3 → 0, 4 → 3, 7 → 1"));
        // No Cyrillic letter looks like these.
        assertThat(RegisterNumber.read("QJ03271614"))
                .isEqualTo(new RegisterNumber.Invalid("register-number.form", Map.of()));
    }

    @Test
    void a_word_of_one_alphabet_is_left_alone() {
        assertThat(Homoglyphs.amongCyrillic("Anna Ganbold")).isEmpty();
        assertThat(Homoglyphs.amongCyrillic("Ганболд Anna")).isEmpty();
        assertThat(Homoglyphs.told(Homoglyphs.amongCyrillic("Caйн Нoмин"))).isEqualTo("1 → С, 2 → а, 7 → о");
        assertThat(Homoglyphs.amongCyrillic("Батwж")).isEmpty();
    }

    private static RegisterNumber.Invalid homoglyph(String correction) {
        return new RegisterNumber.Invalid("register-number.homoglyph", Map.of("correction", correction));
    }
}

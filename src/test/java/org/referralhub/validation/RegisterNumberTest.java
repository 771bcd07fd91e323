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
    void latin_letters_are_named_by_position_and_never_repeated() {
        assertThat(RegisterNumber.read("YК03271614"))
                .isEqualTo(new RegisterNumber.Invalid("register-number.homoglyph", Map.of("positions", "1")));
        assertThat(RegisterNumber.read("YK03271614"))
                .isEqualTo(new RegisterNumber.Invalid("register-number.homoglyph", Map.of("positions", "1, 2")));
    }
}

package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.Places;
import org.referralhub.testing.HomeCopy;

/** A column that is described wrongly is told with its place, and the format is not used. */
class CsvFileTest {
    private static final String FILE = "schemas/school/dialect.yaml";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zone: Asia/Ulaanbaatar|zone: Asia/Nowhere|no such time zone",
                "codes: urgency}|codes: nothing}|no such code list",
                "field: note,|field: text,|another column is this field already",
                "en: Note}|en: Reason}|means note already",
                "field: caregivers/[*]/name|field: caregiver|belong together",
                "field: summary, mn|list: true, field: summary, mn|can't be told apart",
                "as: number}|as: numeral}|as"
            })
    void a_faulty_column(String there, String instead, String problem) throws IOException {
        HomeCopy copy = HomeCopy.of(folder);
        String before = copy.read(FILE);
        String after = before.replaceFirst(there, instead);
        assertThat(after).isNotEqualTo(before);
        copy.write(FILE, after);
        Faults faults = new Faults();
        Dialects dialects = Dialects.load(
                copy.home(), CodeLists.load(copy.home(), faults), Places.load(copy.home(), faults), faults);

        assertThat(dialects.find("school")).isEmpty();
        assertThat(faults.all()).anySatisfy(fault -> {
            assertThat(fault.file()).isEqualTo(FILE);
            assertThat(fault.line()).isGreaterThan(1);
            assertThat(fault.problem()).contains(problem);
        });
    }
}

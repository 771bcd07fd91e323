package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.message.AgencyKind;

class WithholdListTest {
    private static final AgencyRegistry AGENCIES =
            new TestAgencies().with("shelter-ub", AgencyKind.SHELTER, "11").registry();

    /** Whoever writes an agency's name as the hub does not know it believes that the agency will not learn of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{body: {consent: {withholdFrom: ['SHELTER', 'хойд эцэг', 'shelter ub (MN)', 'Shelter']}}} | /body/consent/withholdFrom/1",
                "{body: {changes: {consent: {withholdFrom: ['POLICE', 'the shelter']}}}} | /body/changes/consent/withholdFrom/1",
                "{body: {changes: {consent: {services: true}}}} | -",
                "{body: {}} | -"
            })
    void anEntryThatNamesNobodyIsFound(String message, String pointer) throws JsonProcessingException {
        var canonical = new ObjectMapper().readTree(message.replace('\'', '"').replaceAll("(\\w+):", "\"$1\":"));

        assertThat(WithholdList.unrecognised(canonical, AGENCIES))
                .extracting(finding -> finding.code() + " " + finding.pointer())
                .isEqualTo(
                        pointer == null
                                ? java.util.List.of()
                                : java.util.List.of("consent.nobody-of-this-name " + pointer));
    }
}

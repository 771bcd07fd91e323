package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What reading FHIR's XML form keeps. */
class FhirXmlTest {
    /** Some 7,000 elements below 28 names of 1,000 characters: each pointer is 30 KB, all of them would be 200 MB. */
    @Test
    void only_places_that_are_asked_for_are_kept() {
        String name = "n".repeat(1_000);
        StringBuilder deep = new StringBuilder("<Bundle xmlns=\"http://hl7.org/fhir\"><type/>");
        deep.append(("<" + name + ">").repeat(28)).append("<a/>".repeat(7_000));
        deep.append(("</" + name + ">").repeat(28)).append("</Bundle>");

        String asked = "/" + name + "/" + name;
        assertThat(FhirXml.tags(deep.toString(), List.of(asked, "/type/unknown")))
                .containsOnlyKeys("/" + name, asked, "/type")
                .containsEntry("/type", 1);
        assertThat(FhirXml.locate(deep.toString(), List.of(asked)).get(asked).line())
                .isEqualTo(1);
    }
}

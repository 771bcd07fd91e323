package org.referralhub.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the messages of an exercise say. */
final class ExerciseWording {
    private ExerciseWording() {}

    /** Says of a request that it is an exercise, about nobody. */
    static void describe(ObjectNode message, String text) {
        message.withObject("/body").put("narrative", "ДАСГАЛ. / EXERCISE. " + text);
        message.withObject("/body/child").put("givenName", "Дасгал");
        message.withObject("/body").put("legalBasis", "LEGAL_OBLIGATION");
    }

    /** All that can be said, of nobody. */
    static ObjectNode everything(ObjectNode message) {
        describe(message, "Бүх талбар. / Every field.");
        ObjectNode body = message.withObject("/body");
        body.withArray("concerns").add("SUBSTANCE_ENVIRONMENT");
        body.put("riskLevel", "LOW");
        ObjectNode child = body.withObject("/child");
        child.put("patronymic", "Дасгал")
                .put("knownAs", "Дасгал")
                .put("ageEstimate", 9)
                .put("sex", "UNKNOWN");
        child.put("disability", "Үгүй").put("communicationNeed", "Үгүй").put("language", "mn");
        child.put("livingWith", "STEP_FAMILY");
        child.withObject("/address").put("state", "11").put("district", "1110").put("line", "3-12 тоот");
        child.withObject("/school").put("code", "S-0000").put("class", "3а").put("attendance", "Тогтмол");
        body.withArray("caregivers")
                .addObject()
                .put("name", "Дасгал")
                .put("relation", "MOTHER")
                .put("phone", "99000000");
        body.withArray("incidents")
                .addObject()
                .put("place", "HOME")
                .put("narrative", "Дасгал.")
                .put("previous", false);
        body.withArray("perpetrators")
                .addObject()
                .put("relation", "STEP_PARENT")
                .put("name", "Дасгал");
        body.withArray("servicesRequested").addObject().put("service", "SAFETY").put("within", "PT24H");
        body.withArray("criminalArticles").add("11.7");
        body.withArray("icd10").add("T74.0");
        body.put("medicalFindings", "Дасгал.").put("psychologicalAssessment", "Дасгал.");
        body.put("householdWelfare", "Дасгал.").put("sexualViolenceDetail", "Дасгал.");
        body.withArray("previousReferrals").addObject().put("date", "2025-03").put("text", "Дасгал.");
        body.withObject("/reporter").put("kind", "NEIGHBOUR").put("anonymous", true);
        body.withObject("/consent")
                .put("services", true)
                .put("disclosure", true)
                .put("obtainedFrom", "CAREGIVER");
        body.withArray("attachments").addObject().put("mediaType", "image/jpeg").put("name", "дасгал.jpg");
        return message;
    }
}

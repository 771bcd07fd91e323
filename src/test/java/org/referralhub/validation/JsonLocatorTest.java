package org.referralhub.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.testing.CpuTime;
import org.referralhub.validation.JsonLocator.Place;

class JsonLocatorTest {
    private static final byte[] DOCUMENT = """
            {
              "хүүхэд": {"нэр": "Бат 😀", "нас": 9},
              "list": [1, {"a/b": true}, [2, 3]],
              "k~": null
            }
            """.getBytes(UTF_8);

    @Test
    void findsEveryPointerInOnePass() {
        List<String> pointers = List.of("/list/2/1", "/хүүхэд/нас", "/list/1/a~1b", "/k~0", "", "/list");
        Map<String, Place> places = JsonLocator.locate(DOCUMENT, pointers);
        assertThat(places.keySet()).containsExactlyElementsOf(pointers);
        assertThat(places)
                .containsEntry("", new Place(1, 1))
                .containsEntry("/хүүхэд/нас", new Place(2, 37))
                .containsEntry("/list", new Place(3, 11))
                .containsEntry("/list/1/a~1b", new Place(3, 23))
                .containsEntry("/list/2/1", new Place(3, 34))
                .containsEntry("/k~0", new Place(4, 9));
    }

    @Test
    void whatIsNotThereTakesThePlaceOfItsNearestParent() {
        Map<String, Place> places =
                JsonLocator.locate(DOCUMENT, List.of("/хүүхэд/утас", "/хүүхэд/хаяг/дүүрэг", "/list/9", "/x/y"));
        assertThat(places)
                .containsEntry("/хүүхэд/утас", new Place(2, 13))
                .containsEntry("/хүүхэд/хаяг/дүүрэг", new Place(2, 13))
                .containsEntry("/list/9", new Place(3, 11))
                .containsEntry("/x/y", new Place(1, 1));
    }

    @Test
    void searchesABrokenDocumentUpToItsFault() {
        assertThat(JsonLocator.locate("{\"a\": 1, \"b\": {\"c\" 2}}".getBytes(UTF_8), List.of("/a", "/b/c")))
                .containsEntry("/a", new Place(1, 7))
                .containsEntry("/b/c", new Place(1, 15));
        assertThat(JsonLocator.locate(new byte[0], List.of("/a"))).containsEntry("/a", new Place(1, 1));
    }

    @Test
    void placesFindingsInTheOrderOfTheDocument() {
        List<Finding> placed = JsonLocator.place(
                DOCUMENT,
                List.of(
                        Findings.of(Severity.ERROR, "schema.not", "/list/0"),
                        Findings.of(Severity.ERROR, "schema.required", "/хүүхэд/утас")));
        assertThat(placed)
                .extracting(finding -> finding.code() + " " + finding.line() + ":" + finding.column())
                .containsExactly("schema.required 2:13", "schema.not 3:12");
    }

    @Test
    void manyPointersIntoALargeDocumentTakeLittleTime() {
        StringBuilder document = new StringBuilder("[");
        List<String> pointers = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            document.append(i == 0 ? "" : ",\n").append("{\"name\":").append(i).append('}');
            pointers.add("/" + i + "/name");
        }
        byte[] bytes = document.append(']').toString().getBytes(UTF_8);
        CpuTime.assertWithin(
                Duration.ofSeconds(5), "50,000 pointers", () -> assertThat(JsonLocator.locate(bytes, pointers))
                        .containsEntry("/49999/name", new Place(50_000, 9)));
    }
}

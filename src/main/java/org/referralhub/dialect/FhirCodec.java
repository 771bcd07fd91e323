package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.JsonLocator.Place;

/**
 * HL7 FHIR R4: the tree is the JSON form of the document, which may come in XML as well. The sender's bytes are bounded and
 * scanned as those of other formats are, before anything of HAPI's sees them.
 */
final class FhirCodec implements Codec {
    /** The element that holds a resource's text for people. */
    private static final String NARRATIVE = "div";

    private final JsonCodec.NativeSchema schema;
    private final Map<String, Set<String>> carried;
    private final Map<String, String> subjects;
    private final FhirExtensions extensions;
    private final JsonCodec json;
    private final boolean writesXml;

    /**
     * @param schema what a message of this dialect must hold beyond what R4 demands
     * @param carried elements that the mappings read, by the type of the resource
     * @param subjects what each event is about, as the type of a resource
     * @param extensions the hub's own extensions
     * @param writesXml true when recipients get XML
     */
    FhirCodec(
            JsonCodec.NativeSchema schema,
            Map<String, Set<String>> carried,
            Map<String, String> subjects,
            FhirExtensions extensions,
            boolean writesXml) {
        this.schema = schema;
        this.carried = carried;
        this.subjects = subjects;
        this.extensions = extensions;
        this.json = JsonCodec.bare();
        this.writesXml = writesXml;
    }

    @Override
    public Read read(byte[] document) {
        boolean xml = isXml(document);
        Read read = xml ? readXml(document) : json.read(document);
        JsonNode tree = read.tree();
        if (tree == null) {
            return read;
        }
        Finding obstacle = FhirStructure.obstacle(tree);
        if (obstacle != null) {
            return new Read(null, located(document, obstacle));
        }
        List<Finding> findings = new ArrayList<>(read.findings());
        findings.addAll(check(tree));
        // The parser says neither what is wrong nor where, so that it has the last word only.
        if (findings.isEmpty() && !FhirModel.reads(withoutNarratives(tree).toString())) {
            findings.add(Findings.of(Severity.ERROR, "fhir.unreadable", ""));
        }
        addUntold(FhirStructure.notCarried(tree, carried), findings);
        addUntold(extensions.notCarried(tree, carried), findings);
        return new Read(tree, findings);
    }

    private static Read readXml(byte[] document) {
        XmlText.Decoded decoded = XmlText.decode(document);
        return decoded.finding() == null ? FhirXml.read(decoded.text()) : new Read(null, List.of(decoded.finding()));
    }

    /** Narratives are dear to read, and nobody here does. */
    private static JsonNode withoutNarratives(JsonNode tree) {
        if (tree.findValue(NARRATIVE) == null) {
            return tree;
        }
        JsonNode copy = tree.deepCopy();
        copy.findParents(NARRATIVE).forEach(text -> ((ObjectNode) text).put(NARRATIVE, FhirXml.NARRATIVE));
        return copy;
    }

    private List<Finding> located(byte[] document, Finding finding) {
        Place place = locate(document, List.of(finding.pointer())).get(finding.pointer());
        return List.of(place == null ? finding : finding.at(finding.pointer(), place.line(), place.column()));
    }

    /** Against R4, and against the dialect's own schema where R4 has nothing to say. */
    private List<Finding> check(JsonNode tree) {
        List<Finding> findings = new ArrayList<>(FhirStructure.check(tree));
        addUntold(FhirStructure.composition(tree, subjects, carried.keySet()), findings);
        addUntold(extensions.check(tree), findings);
        for (Finding finding : schema.check(tree)) {
            // What a schema says in words of its own is more than that something has the wrong form.
            if (finding.code().startsWith("schema.")) {
                addUntold(List.of(finding), findings);
            } else {
                findings.add(finding);
            }
        }
        return findings;
    }

    /** Adds findings on parts that none has been found wrong of so far. */
    private static void addUntold(List<Finding> more, List<Finding> findings) {
        List<Finding> told = List.copyOf(findings);
        for (Finding finding : more) {
            if (told.stream().noneMatch(known -> Tree.isWithin(finding.pointer(), known.pointer()))) {
                findings.add(finding);
            }
        }
    }

    /** The first character that is none of white space decides; everything that is not XML is reported as wrong JSON. */
    private static boolean isXml(byte[] document) {
        boolean mark = document.length >= 3 && (document[0] & 0xFF) == 0xEF && (document[1] & 0xFF) == 0xBB;
        for (int i = mark ? 3 : 0; i < document.length; i++) {
            byte here = document[i];
            if (here != ' ' && here != '\t' && here != '\n' && here != '\r') {
                return here == '<';
            }
        }
        return false;
    }

    @Override
    public Map<String, Place> locate(byte[] document, Collection<String> pointers) {
        return isXml(document)
                ? FhirXml.locate(XmlText.decode(document).text(), pointers)
                : JsonLocator.locate(document, pointers);
    }

    @Override
    public String inside(JsonNode document, String pointer, JsonNode exemplar) {
        return FhirLists.inside(document, pointer, exemplar);
    }

    @Override
    public Codec writing(String mediaType) {
        return new FhirCodec(schema, carried, subjects, extensions, mediaType.endsWith("xml"));
    }

    @Override
    public Written write(JsonNode tree) {
        Written written = json.write(tree);
        List<Finding> findings = check(tree);
        if (!writesXml || !findings.isEmpty()) {
            return new Written(written.bytes(), findings);
        }
        return new Written(FhirXml.write(tree).getBytes(StandardCharsets.UTF_8), findings);
    }

    @Override
    public Optional<byte[]> rewrite(byte[] document, List<Edit> edits, JsonNode tree) {
        if (!isXml(document)) {
            return json.rewrite(document, edits, tree);
        }
        try {
            return Optional.of(FhirXml.write(tree).getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException | StackOverflowError e) {
            // HAPI writes only what R4 knows, and its complaint may hold values of the message.
            return Optional.empty();
        }
    }

    @Override
    public boolean keepsBytes(byte[] document) {
        return !isXml(document);
    }
}

package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The XML form of FHIR as the tree of its JSON form. What the model does not know stays in the tree, for the check of the
 * structure to find.
 */
public final class FhirXml extends DefaultHandler {
    private static final String FHIR = "http://hl7.org/fhir";
    private static final String XHTML = "http://www.w3.org/1999/xhtml";
    private static final String RESOURCE_TYPE = "resourceType";
    /** Stands for a narrative: nothing in it is read. */
    static final String NARRATIVE = "<div xmlns=\"" + XHTML + "\"/>";

    private static final String BREAKS = "\n\r\t";
    /** Code points that are no characters, and thus in no text. */
    private static final String MARKS = "\uFDD0\uFDD1\uFDD2";

    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,8})");
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]{0,17})([.][0-9]{1,18})?([eE][+-]?[0-9]{1,2})?");

    /** What an open element is. */
    private enum Kind {
        /** A resource or a type with elements of its own. */
        COMPOSITE,
        PRIMITIVE,
        /** Holds one resource, whose name is an element of its own. */
        CONTAINER,
        UNKNOWN
    }

    private record Open(
            Kind kind,
            String name,
            String pointer,
            ObjectNode content,
            FhirModel.@Nullable Composite type,
            FhirModel.@Nullable Element element,
            @Nullable Open parent,
            @Nullable String value) {}

    private final Deque<Open> stack = new ArrayDeque<>();
    private final ObjectNode tree = JsonNodeFactory.instance.objectNode();
    private final List<Finding> findings = new ArrayList<>();
    /** Whose places are asked for: no others are kept, or a document of long names would fill the memory with them. */
    private final Set<String> wanted;
    /** Which start tag, counted from 0, each of these stands at. */
    private final Map<String, Integer> tags = new HashMap<>();

    private int tag = -1;
    private int elements;
    private int narrative;
    private @Nullable Locator locator;

    private FhirXml(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** Reads a document; never throws for any input. */
    static Codec.Read read(String text) {
        FhirXml reading = new FhirXml(Set.of());
        Finding fatal = reading.parse(text);
        return fatal == null ? new Codec.Read(reading.tree, reading.findings) : new Codec.Read(null, List.of(fatal));
    }

    /** The place of each pointer into the tree: the {@code <} of its element, or of its nearest parent's. */
    static Map<String, Place> locate(String text, Collection<String> pointers) {
        Map<String, Integer> tags = tags(text, pointers);
        Map<String, Integer> wanted = new HashMap<>();
        for (String pointer : pointers) {
            String at = pointer;
            while (!at.isEmpty() && !tags.containsKey(at)) {
                at = Tree.parent(at);
            }
            wanted.put(pointer, tags.getOrDefault(at, 0));
        }
        Map<Integer, Place> places = XmlText.startTags(text, wanted.values());
        Map<String, Place> located = new HashMap<>();
        wanted.forEach((pointer, number) -> located.put(pointer, places.getOrDefault(number, new Place(1, 1))));
        return located;
    }

    /** Which start tag each of these pointers stands at, and each of their parents; those that the document has. */
    static Map<String, Integer> tags(String text, Collection<String> pointers) {
        Set<String> wanted = new HashSet<>();
        for (String pointer : pointers) {
            String at = pointer;
            while (!at.isEmpty() && wanted.add(at)) {
                at = Tree.parent(at);
            }
        }
        FhirXml reading = new FhirXml(wanted);
        reading.parse(text);
        return reading.tags;
    }

    /** Writes a tree that R4 allows, a resource in the form of FHIR's JSON. */
    public static String write(JsonNode tree) {
        String xml = FhirModel.xml(marked(tree).toString());
        for (int i = 0; i < BREAKS.length(); i++) {
            xml = xml.replace(String.valueOf(MARKS.charAt(i)), "&#" + (int) BREAKS.charAt(i) + ";");
        }
        return xml;
    }

    /** HAPI writes a line break into an attribute as it is, where every reader takes it for a space. */
    private static JsonNode marked(JsonNode node) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(field -> object.set(field.getKey(), marked(field.getValue())));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(marked(element)));
            return array;
        }
        if (!node.isTextual()) {
            return node;
        }
        String text = node.textValue();
        for (int i = 0; i < BREAKS.length(); i++) {
            text = text.replace(BREAKS.charAt(i), MARKS.charAt(i));
        }
        return TextNode.valueOf(text);
    }

    private @Nullable Finding parse(String text) {
        try {
            XmlReaders.open(this).parse(new InputSource(new StringReader(text)));
            return null;
        } catch (XmlReaders.Stop e) {
            return e.finding();
        } catch (SAXParseException e) {
            return XmlReaders.malformed(e.getLineNumber(), e.getColumnNumber());
        } catch (SAXException | IOException e) {
            return XmlReaders.malformed(0, 0);
        }
    }

    @Override
    public void setDocumentLocator(Locator newLocator) {
        locator = newLocator;
    }

    private XmlReaders.Stop stop(Finding finding) {
        return XmlReaders.stop(finding, locator);
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) throws SAXException {
        tag++;
        if (stack.size() + narrative >= XmlShape.MAX_DEPTH) {
            throw stop(Findings.of(Severity.FATAL, "xml.depth", pointer(), Map.of("limit", XmlShape.MAX_DEPTH)));
        }
        if (attributes.getLength() > XmlShape.MAX_ATTRIBUTES) {
            throw stop(
                    Findings.of(Severity.FATAL, "xml.attributes", pointer(), Map.of("limit", XmlShape.MAX_ATTRIBUTES)));
        }
        if (narrative > 0) {
            narrative++;
            return;
        }
        if (++elements > FhirStructure.MAX_ELEMENTS) {
            throw stop(FhirStructure.tooManyElements());
        }
        Open parent = stack.peek();
        FhirModel.Element element =
                parent == null || parent.type() == null ? null : parent.type().element(localName);
        if (uri.equals(XHTML) && parent != null && element != null && element.form() == FhirModel.Form.XHTML) {
            parent.content().put(localName, NARRATIVE);
            narrative = 1;
        } else if (!uri.equals(FHIR)) {
            throw stop(Findings.of(Severity.FATAL, "fhir.namespace", pointer()));
        } else if (parent == null) {
            resource(localName, tree, "", null);
        } else if (parent.kind() == Kind.CONTAINER && !parent.content().has(RESOURCE_TYPE)) {
            resource(localName, parent.content(), parent.pointer(), parent);
        } else {
            open(parent, localName, element, attributes);
        }
    }

    private String pointer() {
        Open open = stack.peek();
        return open == null ? "" : open.pointer();
    }

    private void resource(String name, ObjectNode content, String pointer, @Nullable Open parent) {
        content.put(RESOURCE_TYPE, name);
        note(pointer + "/" + RESOURCE_TYPE);
        stack.push(new Open(Kind.COMPOSITE, name, pointer, content, FhirModel.resource(name), null, parent, null));
    }

    private void open(Open parent, String name, FhirModel.@Nullable Element element, Attributes attributes) {
        JsonNode earlier = parent.content().get(name);
        String pointer = parent.pointer() + "/" + name;
        note(pointer);
        if (earlier != null || (element != null && element.isRepeated())) {
            pointer += "/" + (earlier == null ? 0 : earlier.isArray() ? earlier.size() : 1);
        }
        note(pointer);
        Kind kind = kind(element);
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        String value = null;
        for (int i = 0; i < attributes.getLength(); i++) {
            String attribute = attributes.getLocalName(i);
            if (attribute.equals("value") && (kind == Kind.PRIMITIVE || kind == Kind.UNKNOWN)) {
                value = attributes.getValue(i);
            } else if (attribute.equals("id") || attribute.equals("url")) {
                content.put(attribute, attributes.getValue(i));
            } else if (!attributes.getURI(i).equals(XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI)) {
                add("xsd.unexpected", pointer + "/@" + attribute);
            }
        }
        FhirModel.Composite type =
                switch (kind) {
                    case COMPOSITE -> element == null ? null : element.composite();
                    case PRIMITIVE -> FhirModel.extensible();
                    case CONTAINER, UNKNOWN -> null;
                };
        // The place is taken at once, so that the next of the same name is counted on.
        put(parent.content(), name, element, kind == Kind.PRIMITIVE ? primitive(element, value) : content);
        stack.push(new Open(kind, name, pointer, content, type, element, parent, value));
    }

    private static Kind kind(FhirModel.@Nullable Element element) {
        if (element == null) {
            return Kind.UNKNOWN;
        }
        return switch (element.form()) {
            case COMPOSITE -> Kind.COMPOSITE;
            case RESOURCE -> Kind.CONTAINER;
            case BOOLEAN, NUMBER, TEXT -> Kind.PRIMITIVE;
            case XHTML -> Kind.UNKNOWN;
        };
    }

    private void note(String pointer) {
        if (wanted.contains(pointer)) {
            tags.putIfAbsent(pointer, tag);
        }
    }

    private void add(String code, String pointer) {
        if (findings.size() < Findings.MAX_PER_CHECK) {
            findings.add(Findings.of(Severity.ERROR, code, pointer));
        }
    }

    private static void put(ObjectNode parent, String name, FhirModel.@Nullable Element element, JsonNode value) {
        JsonNode earlier = parent.get(name);
        if (earlier instanceof ArrayNode array) {
            array.add(value);
        } else if (earlier != null) {
            parent.putArray(name).add(earlier).add(value);
        } else if (element != null && element.isRepeated()) {
            parent.putArray(name).add(value);
        } else {
            parent.set(name, value);
        }
    }

    private static JsonNode primitive(FhirModel.@Nullable Element element, @Nullable String value) {
        if (value == null || element == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        String plain = value.strip();
        return switch (element.form()) {
            case BOOLEAN ->
                plain.equals("true") || plain.equals("false") ? BooleanNode.valueOf(plain.equals("true")) : text(value);
            case NUMBER -> number(plain);
            default -> text(value);
        };
    }

    private static JsonNode number(String text) {
        if (WHOLE.matcher(text).matches()) {
            return JsonNodeFactory.instance.numberNode(Integer.parseInt(text));
        }
        return NUMBER.matcher(text).matches() ? DecimalNode.valueOf(new BigDecimal(text)) : text(text);
    }

    private static JsonNode text(String value) {
        return TextNode.valueOf(value);
    }

    @Override
    public void endElement(String uri, String localName, String qName) {
        if (narrative > 0) {
            narrative--;
            return;
        }
        Open open = stack.pop();
        Open parent = open.parent();
        if (open.kind() == Kind.PRIMITIVE && parent != null) {
            finish(open, parent.content());
        }
    }

    /** A primitive's id and extensions stand beside it in JSON, and a value that is not there leaves no field. */
    private static void finish(Open open, ObjectNode siblings) {
        String companion = "_" + open.name();
        if (siblings.get(open.name()) instanceof ArrayNode values) {
            if (!open.content().isEmpty()) {
                ArrayNode companions =
                        siblings.get(companion) instanceof ArrayNode known ? known : siblings.putArray(companion);
                while (companions.size() < values.size() - 1) {
                    companions.addNull();
                }
                companions.add(open.content());
            }
        } else if (!open.content().isEmpty()) {
            siblings.set(companion, open.content());
            if (open.value() == null) {
                siblings.remove(open.name());
            }
        }
    }

    @Override
    public void characters(char[] characters, int start, int length) {
        for (int i = start; narrative == 0 && i < start + length; i++) {
            if (!Character.isWhitespace(characters[i])) {
                add("xsd.text", pointer());
                return;
            }
        }
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
        throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
        throw e;
    }
}

package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.xml.XMLConstants;
import javax.xml.validation.Schema;
import javax.xml.validation.ValidatorHandler;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.xml.sax.Attributes;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.DefaultHandler;

/**
 * XML: one pass builds the tree and feeds the XSD validator. There are no entities but the five of XML, because a document
 * type declaration is refused before parsing, and again by the parser.
 */
final class XmlCodec implements Codec {
    private static final String TEXT = "#text";
    private static final char[] NO_TEXT = {};

    private final XmlShape shape;
    private final Schema schema;
    private final XsdNames names;
    /** Parsers and validators are dear to make and may not be shared, so each goes back when its document is done. */
    private final ConcurrentLinkedQueue<Session> idle = new ConcurrentLinkedQueue<>();

    XmlCodec(XmlShape shape, Schema schema, XsdNames names) {
        this.shape = shape;
        this.schema = schema;
        this.names = names;
    }

    @Override
    public Read read(byte[] document) {
        XmlText.Decoded decoded = XmlText.decode(document);
        if (decoded.finding() != null) {
            return new Read(null, List.of(decoded.finding()));
        }
        Session session = borrow();
        Reading reading = new Reading(session.validator);
        try {
            session.reader.setContentHandler(reading);
            session.reader.setErrorHandler(reading);
            session.reader.parse(new InputSource(new StringReader(decoded.text())));
        } catch (XmlReaders.Stop e) {
            return new Read(null, List.of(e.finding()));
        } catch (SAXParseException e) {
            return new Read(null, List.of(XmlReaders.malformed(e.getLineNumber(), e.getColumnNumber())));
        } catch (SAXException | IOException e) {
            return new Read(null, List.of(XmlReaders.malformed(0, 0)));
        }
        idle.add(session);
        return new Read(reading.tree, reading.xsd.against(reading.tree));
    }

    @Override
    public Map<String, Place> locate(byte[] document, Collection<String> pointers) {
        return XmlText.locate(XmlText.decode(document).text(), shape, pointers);
    }

    @Override
    public Written write(JsonNode tree) {
        if (!tree.isObject() || tree.size() != 1) {
            return new Written(new byte[0], List.of(Findings.of(Severity.ERROR, "xsd.root", "")));
        }
        Session session = borrow();
        Writing writing = new Writing(session.validator);
        try {
            Map.Entry<String, JsonNode> root = tree.properties().iterator().next();
            writing.document(root.getKey(), root.getValue());
        } catch (SAXException e) {
            return new Written(new byte[0], List.of(Findings.of(Severity.ERROR, "xsd.invalid", writing.pointer)));
        }
        idle.add(session);
        return new Written(writing.text.toString().getBytes(StandardCharsets.UTF_8), writing.xsd.against(tree));
    }

    private Session borrow() {
        Session session = idle.poll();
        return session == null ? new Session(schema) : session;
    }

    /** A parser and a validator, for one document at a time. */
    private static final class Session {
        final XMLReader reader;
        final ValidatorHandler validator;

        Session(Schema schema) {
            try {
                reader = XmlReaders.open();
                validator = schema.newValidatorHandler();
                validator.setProperty("http://apache.org/xml/properties/locale", Locale.ENGLISH);
            } catch (SAXException e) {
                throw new IllegalStateException("the platform's XML parser lacks a safety feature", e);
            }
        }
    }

    /** One open element while reading. */
    private static final class Open {
        final String name;
        final String pointer;
        final XmlShape.@Nullable Step step;
        final StringBuilder text = new StringBuilder();

        @Nullable
        ObjectNode content;

        boolean nil;

        Open(String name, String pointer, XmlShape.@Nullable Step step) {
            this.name = name;
            this.pointer = pointer;
            this.step = step;
        }

        ObjectNode content() {
            if (content == null) {
                content = JsonNodeFactory.instance.objectNode();
            }
            return content;
        }

        JsonNode value() {
            if (nil) {
                return NullNode.instance;
            }
            String stripped = text.toString().strip();
            if (content == null) {
                return TextNode.valueOf(stripped);
            }
            if (!stripped.isEmpty()) {
                content.put(TEXT, stripped);
            }
            return content;
        }
    }

    /** Builds the tree and hands every event on to the validator. */
    private final class Reading extends DefaultHandler {
        private final ValidatorHandler validator;
        private final Deque<Open> stack = new ArrayDeque<>();
        private int elements;
        final XsdFindings xsd = new XsdFindings(names);
        final ObjectNode tree = JsonNodeFactory.instance.objectNode();
        private @Nullable Locator locator;

        Reading(ValidatorHandler validator) {
            this.validator = validator;
            validator.setErrorHandler(new ErrorHandler() {
                @Override
                public void warning(SAXParseException e) {}

                @Override
                public void error(SAXParseException e) {
                    xsd.add(String.valueOf(e.getMessage()), pointer());
                }

                @Override
                public void fatalError(SAXParseException e) {
                    error(e);
                }
            });
        }

        private String pointer() {
            Open open = stack.peek();
            return open == null ? "" : open.pointer;
        }

        @Override
        public void setDocumentLocator(Locator newLocator) {
            locator = newLocator;
            validator.setDocumentLocator(newLocator);
        }

        @Override
        public void startDocument() throws SAXException {
            validator.startDocument();
        }

        @Override
        public void endDocument() throws SAXException {
            validator.endDocument();
        }

        @Override
        public void startPrefixMapping(String prefix, String uri) throws SAXException {
            validator.startPrefixMapping(prefix, uri);
        }

        @Override
        public void endPrefixMapping(String prefix) throws SAXException {
            validator.endPrefixMapping(prefix);
        }

        @Override
        public void startElement(String uri, String localName, String qName, Attributes attributes)
                throws SAXException {
            if (stack.size() >= XmlShape.MAX_DEPTH) {
                throw stop("xml.depth", XmlShape.MAX_DEPTH);
            }
            if (attributes.getLength() > XmlShape.MAX_ATTRIBUTES) {
                throw stop("xml.attributes", XmlShape.MAX_ATTRIBUTES);
            }
            if (++elements > XmlShape.MAX_ELEMENTS) {
                throw stop("xml.too-many-elements", XmlShape.MAX_ELEMENTS);
            }
            Open parent = stack.peek();
            ObjectNode siblings = parent == null ? tree : parent.content();
            XmlShape.Step step = XmlShape.Step.next(parent == null ? shape.root() : parent.step, localName);
            JsonNode earlier = siblings.get(localName);
            String pointer = pointer() + "/" + localName;
            if (earlier != null || XmlShape.Step.isRepeated(step)) {
                pointer += "/" + (earlier == null ? 0 : earlier.isArray() ? earlier.size() : 1);
            }
            Open open = new Open(localName, pointer, step);
            stack.push(open);
            for (int i = 0; i < attributes.getLength(); i++) {
                String space = attributes.getURI(i);
                if (space.isEmpty()) {
                    open.content().put("@" + attributes.getLocalName(i), attributes.getValue(i));
                } else if (space.equals(XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI)
                        && attributes.getLocalName(i).equals("nil")) {
                    String value = attributes.getValue(i).strip();
                    open.nil = value.equals("true") || value.equals("1");
                }
            }
            validator.startElement(uri, localName, qName, attributes);
        }

        private XmlReaders.Stop stop(String code, int limit) {
            return XmlReaders.stop(Findings.of(Severity.FATAL, code, pointer(), Map.of("limit", limit)), locator);
        }

        @Override
        public void endElement(String uri, String localName, String qName) throws SAXException {
            validator.endElement(uri, localName, qName);
            Open open = stack.pop();
            Open parent = stack.peek();
            ObjectNode siblings = parent == null ? tree : parent.content();
            JsonNode earlier = siblings.get(open.name);
            JsonNode value = open.value();
            if (earlier instanceof ArrayNode array) {
                array.add(value);
            } else if (earlier != null) {
                siblings.putArray(open.name).add(earlier).add(value);
            } else if (XmlShape.Step.isRepeated(open.step)) {
                siblings.putArray(open.name).add(value);
            } else {
                siblings.set(open.name, value);
            }
        }

        @Override
        public void characters(char[] characters, int start, int length) throws SAXException {
            Open open = stack.peek();
            if (open != null) {
                open.text.append(characters, start, length);
            }
            validator.characters(characters, start, length);
        }

        @Override
        public void ignorableWhitespace(char[] characters, int start, int length) throws SAXException {
            validator.ignorableWhitespace(characters, start, length);
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

    /** Writes the tree as text and hands the same events to the validator. */
    private final class Writing {
        private final ValidatorHandler validator;
        final StringBuilder text = new StringBuilder(2048).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        final XsdFindings xsd = new XsdFindings(names);
        String pointer = "";

        Writing(ValidatorHandler validator) {
            this.validator = validator;
            validator.setErrorHandler(new ErrorHandler() {
                @Override
                public void warning(SAXParseException e) {}

                @Override
                public void error(SAXParseException e) {
                    xsd.add(String.valueOf(e.getMessage()), pointer);
                }

                @Override
                public void fatalError(SAXParseException e) {
                    error(e);
                }
            });
        }

        void document(String name, JsonNode value) throws SAXException {
            validator.startDocument();
            validator.startPrefixMapping("", shape.namespace());
            element(name, value, "/" + Tree.escape(name), 0);
            validator.endPrefixMapping("");
            validator.endDocument();
        }

        private void element(String name, JsonNode value, String at, int depth) throws SAXException {
            if (value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    element(name, value.get(i), at + "/" + i, depth);
                }
                return;
            }
            if (value.isNull()) {
                return;
            }
            String outer = pointer;
            pointer = at;
            if (depth > 0) {
                text.append('\n').append("  ".repeat(depth));
            }
            text.append('<').append(name);
            if (depth == 0 && !shape.namespace().isEmpty()) {
                attribute("xmlns", shape.namespace());
            }
            AttributesImpl attributes = new AttributesImpl();
            boolean children = false;
            if (value.isObject()) {
                for (Map.Entry<String, JsonNode> field : value.properties()) {
                    String key = field.getKey();
                    if (key.startsWith("@") && !field.getValue().isNull()) {
                        String plain = legal(field.getValue().asText());
                        attributes.addAttribute("", key.substring(1), key.substring(1), "CDATA", plain);
                        attribute(key.substring(1), plain);
                    } else {
                        children |= !key.equals(TEXT);
                    }
                }
            }
            validator.startElement(shape.namespace(), name, name, attributes);
            String content = legal(value.isObject() ? value.path(TEXT).asText() : value.asText());
            if (content.isEmpty() && !children) {
                text.append("/>");
                validator.characters(NO_TEXT, 0, 0);
            } else {
                text.append('>');
                if (!content.isEmpty()) {
                    escape(content, false);
                    validator.characters(content.toCharArray(), 0, content.length());
                }
                if (children) {
                    int before = text.length();
                    for (Map.Entry<String, JsonNode> field : value.properties()) {
                        if (!field.getKey().startsWith("@") && !field.getKey().equals(TEXT)) {
                            element(
                                    field.getKey(),
                                    field.getValue(),
                                    at + "/" + Tree.escape(field.getKey()),
                                    depth + 1);
                        }
                    }
                    if (text.length() > before) {
                        text.append('\n').append("  ".repeat(depth));
                    }
                }
                text.append("</").append(name).append('>');
            }
            validator.endElement(shape.namespace(), name, name);
            pointer = outer;
        }

        private void attribute(String name, String value) {
            text.append(' ').append(name).append("=\"");
            escape(value, true);
            text.append('"');
        }

        private void escape(String value, boolean attribute) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '&' -> text.append("&amp;");
                    case '<' -> text.append("&lt;");
                    case '>' -> text.append("&gt;");
                    case '\r' -> text.append("&#13;");
                    case '"' -> text.append(attribute ? "&quot;" : "\"");
                    case '\n' -> text.append(attribute ? "&#10;" : "\n");
                    case '\t' -> text.append(attribute ? "&#9;" : "\t");
                    default -> text.append(c);
                }
            }
        }

        /** What comes in has spaces for these from the door on; what an operator or a mapping adds must not hold a referral back. */
        private String legal(String value) {
            for (int i = 0; i < value.length(); i++) {
                if (ControlCharacters.isControl(value.charAt(i))) {
                    StringBuilder clean = new StringBuilder(value);
                    for (int j = i; j < clean.length(); j++) {
                        if (ControlCharacters.isControl(clean.charAt(j))) {
                            clean.setCharAt(j, '\uFFFD');
                        }
                    }
                    return clean.toString();
                }
            }
            return value;
        }
    }
}

package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.validation.ValidatorHandler;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.xml.sax.Attributes;
import org.xml.sax.ErrorHandler;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** Builds the tree of a document and hands every event on to the validator. For one document. */
final class XmlReading extends DefaultHandler {
    private final XmlShape shape;
    private final ValidatorHandler validator;
    private final Deque<Open> stack = new ArrayDeque<>();
    private int elements;
    final XsdFindings xsd;
    final ObjectNode tree = JsonNodeFactory.instance.objectNode();
    private @Nullable Locator locator;

    XmlReading(XmlShape shape, XsdNames names, ValidatorHandler validator) {
        this.shape = shape;
        this.xsd = new XsdFindings(names);
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
    public void startElement(String uri, String localName, String qName, Attributes attributes) throws SAXException {
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
                content.put(XmlCodec.TEXT, stripped);
            }
            return content;
        }
    }
}

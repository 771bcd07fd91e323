package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.AttributesImpl;

/** Writes a tree as text and hands the same events to the validator. For one document. */
final class XmlWriting {
    private static final char[] NO_TEXT = {};

    private final XmlShape shape;
    private final ValidatorHandler validator;
    final StringBuilder text = new StringBuilder(2048).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    final XsdFindings xsd;
    String pointer = "";

    XmlWriting(XmlShape shape, XsdNames names, ValidatorHandler validator) {
        this.shape = shape;
        this.xsd = new XsdFindings(names);
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
                    children |= !key.equals(XmlCodec.TEXT);
                }
            }
        }
        validator.startElement(shape.namespace(), name, name, attributes);
        String content = legal(value.isObject() ? value.path(XmlCodec.TEXT).asText() : value.asText());
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
                    if (!field.getKey().startsWith("@") && !field.getKey().equals(XmlCodec.TEXT)) {
                        element(field.getKey(), field.getValue(), at + "/" + Tree.escape(field.getKey()), depth + 1);
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

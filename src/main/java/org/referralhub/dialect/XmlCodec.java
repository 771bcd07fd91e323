package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.xml.validation.Schema;
import javax.xml.validation.ValidatorHandler;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;

/**
 * XML: one pass builds the tree and feeds the XSD validator. There are no entities but the five of XML, because a document
 * type declaration is refused before parsing, and again by the parser.
 */
final class XmlCodec implements Codec {
    /** The field of a tree that holds the text of an element which has attributes or elements, too. */
    static final String TEXT = "#text";

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
        XmlReading reading = new XmlReading(shape, names, session.validator);
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
        XmlWriting writing = new XmlWriting(shape, names, session.validator);
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
}

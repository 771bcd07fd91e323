package org.referralhub.dialect;

import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/** The platform's XML parser with every door shut: no document type, no entities of one's own, nothing fetched. */
final class XmlReaders {
    private static final SAXParserFactory PARSERS = parsers();

    /** Ends a parse for a reason of ours. */
    static final class Stop extends SAXException {
        private static final long serialVersionUID = 1L;

        private final transient Finding finding;

        Stop(Finding finding) {
            super(finding.code());
            this.finding = finding;
        }

        Finding finding() {
            return finding;
        }
    }

    private XmlReaders() {}

    /** A parser of one's own; dear to make. */
    static XMLReader open() {
        try {
            XMLReader reader;
            synchronized (PARSERS) {
                reader = PARSERS.newSAXParser().getXMLReader();
            }
            reader.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
            return reader;
        } catch (SAXException | ParserConfigurationException e) {
            throw lacksSafety(e);
        }
    }

    /** A parser that tells this handler what it reads, and what is wrong. */
    static XMLReader open(DefaultHandler handler) {
        XMLReader reader = open();
        reader.setContentHandler(handler);
        reader.setErrorHandler(handler);
        return reader;
    }

    /** The end of a parse at the place where the parser stands. */
    static Stop stop(Finding finding, @Nullable Locator locator) {
        return new Stop(
                locator == null
                        ? finding.at(finding.pointer(), 1, 1)
                        : finding.at(finding.pointer(), locator.getLineNumber(), locator.getColumnNumber()));
    }

    static Finding malformed(int line, int column) {
        return Findings.of(Severity.FATAL, "xml.malformed", "").at("", Math.max(line, 1), Math.max(column, 1));
    }

    private static SAXParserFactory parsers() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setXIncludeAware(false);
            return factory;
        } catch (SAXException | ParserConfigurationException e) {
            throw lacksSafety(e);
        }
    }

    private static IllegalStateException lacksSafety(Exception cause) {
        return new IllegalStateException("the platform's XML parser lacks a safety feature", cause);
    }
}

package org.referralhub.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.w3c.dom.bootstrap.DOMImplementationRegistry;
import org.w3c.dom.ls.DOMImplementationLS;
import org.w3c.dom.ls.LSInput;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Holds {@code config/broker.xml} to Artemis' own schema, each fault with line and column, and starts nothing. */
public final class BrokerCheck {
    private static final String REMEDY =
            "Correct it; what may stand there is in the manual of Apache ActiveMQ Artemis, and the file as shipped is in the release";

    /** What a start gives besides application.yaml. */
    private static final Map<String, String> SETTINGS = Map.of("hub.broker.in-vm.id", "1");

    private static final DOMImplementationLS LOADER = loader();

    private final HubHome home;
    private final Path file;

    public BrokerCheck(HubHome home) {
        this.home = home;
        this.file = home.config().resolve("broker.xml");
    }

    /** Adds what is wrong. */
    public void run(Faults faults) {
        String shown = home.shown(file);
        String text;
        try {
            text = BrokerFile.filled(file, SETTINGS);
        } catch (IOException e) {
            faults.add(shown, 0, 0, "the file is missing or can't be read", "Restore it from the release");
            return;
        } catch (BrokerException e) {
            faults.add(
                    shown,
                    0,
                    0,
                    String.valueOf(e.getMessage()).replace(file + ": ", ""),
                    "Give it a value: ${name:value}");
            return;
        }
        int before = faults.all().size();
        try {
            Validator validator = schema();
            validator.setErrorHandler(new Collecting(shown, faults));
            validator.validate(new StreamSource(new StringReader(text)));
        } catch (SAXParseException e) {
            if (faults.all().size() == before) {
                add(shown, e, faults);
            }
            return;
        } catch (SAXException | IOException e) {
            throw new IllegalStateException("Artemis' schema can't be read", e);
        }
        if (faults.all().size() == before) {
            try {
                BrokerFile.read(file, SETTINGS);
            } catch (BrokerException e) {
                faults.add(shown, 0, 0, String.valueOf(e.getMessage()).replace(file + ": ", ""), REMEDY);
            }
        }
    }

    private static void add(String shown, SAXParseException e, Faults faults) {
        faults.add(
                shown,
                Math.max(e.getLineNumber(), 0),
                Math.max(e.getColumnNumber(), 0),
                String.valueOf(e.getMessage())
                        .replaceFirst("^cvc-[^:]*: ", "")
                        .replaceAll("\\s+", " ")
                        .replaceFirst("\\.$", ""),
                REMEDY);
    }

    private static Validator schema() throws SAXException {
        SchemaFactory factory = SchemaFactory.newDefaultInstance();
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        // What they import lies beside them, or in another of Artemis' jars; nothing is fetched from elsewhere.
        factory.setResourceResolver((type, namespace, publicId, systemId, base) -> {
            LSInput input = LOADER.createLSInput();
            input.setSystemId(systemId);
            input.setByteStream(open(String.valueOf(systemId)));
            return input;
        });
        Validator validator = factory.newSchema(new Source[] {
                    new StreamSource(open("artemis-configuration.xsd"), "artemis-configuration.xsd"),
                    new StreamSource(open("artemis-server.xsd"), "artemis-server.xsd")
                })
                .newValidator();
        validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
        return validator;
    }

    private static DOMImplementationLS loader() {
        try {
            return (DOMImplementationLS) DOMImplementationRegistry.newInstance().getDOMImplementation("LS");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the platform has no loader of XML", e);
        }
    }

    private static InputStream open(String name) {
        InputStream schema = ActiveMQServer.class.getResourceAsStream("/schema/" + name);
        if (schema == null) {
            throw new IllegalStateException("Artemis has no schema " + name + " in its jars");
        }
        return schema;
    }

    private record Collecting(String shown, Faults faults) implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) {
            // Nothing to mend.
        }

        /** The second line about one place says the same in other words. */
        @Override
        public void error(SAXParseException e) {
            boolean told = faults.all().stream()
                    .anyMatch(fault -> fault.file().equals(shown)
                            && fault.line() == e.getLineNumber()
                            && fault.column() == e.getColumnNumber());
            if (!told) {
                add(shown, e, faults);
            }
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXParseException {
            throw e;
        }
    }
}

package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Function;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.referralhub.configuration.Faults;

/** One way of a translation: a JSLT file, compiled once. Safe for use by many threads. */
@FunctionalInterface
interface Mapping {
    /** What a dialect does that is the canonical message itself. */
    Mapping IDENTITY = tree -> tree;

    /** The mapping stopped. It carries no cause and no text: JSLT's own repeat values of the message. */
    final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure() {
            super("mapping failed", null, false, false);
        }
    }

    /**
     * Translates a tree; the tree given stays as it is, the result may share parts with it.
     *
     * @throws Failure when the mapping stops
     */
    JsonNode apply(JsonNode tree);

    /**
     * Compiles a file; what is wrong is added to the faults with file, line and column.
     *
     * @param name the file as shown to people
     */
    static Optional<Mapping> compile(Path file, String name, Collection<Function> functions, Faults faults) {
        try {
            Expression expression = new Parser(new StringReader(Files.readString(file)))
                    .withSource(name)
                    .withFunctions(functions)
                    .withResourceResolver(imported -> neighbour(file, imported))
                    .compile();
            return Optional.of(tree -> {
                try {
                    return expression.apply(tree);
                } catch (RuntimeException | StackOverflowError e) {
                    throw new Failure();
                }
            });
        } catch (JsltException e) {
            boolean located = e.getLine() > 0;
            faults.add(
                    located && e.getSource() != null ? e.getSource() : name,
                    located ? e.getLine() : 0,
                    located ? e.getColumn() : 0,
                    "this JSLT does not compile: " + oneLine(e.getMessageWithoutLocation()),
                    "mend the mapping; docs/dialects.md tells what it may use");
        } catch (IOException | UncheckedIOException e) {
            faults.add(name, 0, 0, "the mapping can't be read", "put the file there, in UTF-8");
        } catch (Error e) {
            // The generated scanner throws an Error for a character that begins no token.
            if (!e.getClass().getSimpleName().equals("TokenMgrError")) {
                throw e;
            }
            int[] place = place(String.valueOf(e.getMessage()));
            faults.add(
                    name,
                    place[0],
                    place[1],
                    "this JSLT does not compile: " + oneLine(String.valueOf(e.getMessage())),
                    "mend the mapping; docs/dialects.md tells what it may use");
        }
        return Optional.empty();
    }

    private static Reader neighbour(Path file, String imported) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path neighbour =
                folder == null ? Path.of(imported) : folder.resolve(imported).normalize();
        if (folder == null || !neighbour.startsWith(folder)) {
            throw new JsltException("import of a file outside the dialect's folder");
        }
        try {
            return new StringReader(Files.readString(neighbour));
        } catch (IOException e) {
            throw new JsltException("import of a file that can't be read: " + imported);
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    private static int[] place(String message) {
        java.util.regex.Matcher matcher =
                java.util.regex.Pattern.compile("line (\\d+), column (\\d+)").matcher(message);
        return matcher.find()
                ? new int[] {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))}
                : new int[] {0, 0};
    }
}

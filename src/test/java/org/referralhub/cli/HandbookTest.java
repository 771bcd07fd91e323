package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command of the operator's handbook exists with every option that it is given, and every link leads somewhere. */
class HandbookTest {
    private static final Path FOLDER = Path.of("docs/operations");
    private static final Pattern COMMAND = Pattern.compile("\\./hub ([a-z][^`\\n#;,:]*)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[a-z0-9-]+)?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** Screenshots are written by the browser tests. */
    private static final String IMAGES = "images/";

    /** In the launcher itself. */
    private static final Set<String> LAUNCHER = Set.of("prepare");

    @Test
    void every_command_exists_with_its_options() throws IOException {
        Map<String, String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(10);
        commands.forEach((command, page) -> check(command, page + ": ./hub " + command));
    }

    /** Each command of the handbook, with a page that has it. */
    static Map<String, String> commands() throws IOException {
        Map<String, String> commands = new TreeMap<>();
        for (Path page : pages()) {
            Matcher command = COMMAND.matcher(Files.readString(page).replaceAll("\\n {2,}", " "));
            while (command.find()) {
                commands.put(command.group(1).strip(), page.toString());
            }
        }
        return commands;
    }

    private static void check(String command, String where) {
        List<String> words = new ArrayList<>(List.of(command.split("\\s+")));
        if (LAUNCHER.contains(words.get(0))) {
            return;
        }
        CommandLine line = Hub.commandLine();
        while (!words.isEmpty() && line.getSubcommands().containsKey(words.get(0))) {
            line = line.getSubcommands().get(words.remove(0));
        }
        assertThat(line.getCommandSpec().parent()).as(where).isNotNull();
        for (String word : words) {
            if (word.startsWith("--")) {
                assertThat(line.getCommandSpec().findOption(word.split("=")[0]))
                        .as(where + " " + word)
                        .isNotNull();
            }
        }
    }

    @Test
    void every_link_leads_to_a_page_and_to_a_heading_of_it() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (link.group(1).startsWith(IMAGES)) {
                    continue;
                }
                Path target = FOLDER.resolve(link.group(1)).normalize();
                assertThat(target).as(page + " " + link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target))
                            .as(page + " " + link.group())
                            .contains(link.group(2).substring(1));
                }
            }
        }
    }

    private static List<String> anchors(Path page) throws IOException {
        List<String> anchors = new ArrayList<>();
        Matcher heading = HEADING.matcher(Files.readString(page));
        while (heading.find()) {
            anchors.add(heading.group(1)
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^a-z0-9 -]", "")
                    .replace(' ', '-'));
        }
        return anchors;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }
}

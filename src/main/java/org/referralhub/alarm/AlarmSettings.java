package org.referralhub.alarm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;

/**
 * How operators are woken, from {@code config/alarms.yaml}.
 *
 * @param gather how long the first trouble is held for others that come with it
 * @param window while an alarm stands, there is one more in this time at most
 * @param named how many referrals an alarm names; the rest it counts
 * @param webhook null when there is none
 * @param sms numbers; empty when there are none
 */
public record AlarmSettings(
        Duration gather,
        Duration window,
        int named,
        @Nullable Mail mail,
        @Nullable URI webhook,
        List<String> sms) {
    private static final String FILE = "alarms";
    private static final AlarmSettings NONE =
            new AlarmSettings(Duration.ofSeconds(20), Duration.ofMinutes(10), 10, null, null, List.of());

    /**
     * A mail server and who writes to whom.
     *
     * @param user null when the server asks for none
     * @param secretFile where the password stands, below the hub's home; null without a user
     */
    public record Mail(
            String host,
            int port,
            boolean startTls,
            @Nullable String user,
            @Nullable String secretFile,
            String from,
            List<String> to) {}

    /** Reads the file; what is wrong with it is added to the faults. */
    public static AlarmSettings load(HubHome home, Faults faults) {
        Located file = YamlFile.read(home, home.config().resolve(FILE + ".yaml"), FILE, faults);
        if (!file.isSound()) {
            return NONE;
        }
        JsonNode tree = file.tree();
        Duration gather = duration(file, "gather", NONE.gather(), faults);
        if (gather.compareTo(Duration.ofSeconds(50)) > 0) {
            faults.add(file.fault(
                    "/gather", "an alarm would come later than a minute", "write at most PT50S; PT20S is usual"));
        }
        JsonNode channels = tree.path("channels");
        JsonNode mail = channels.path("mail");
        secret(home, file, mail, faults);
        String url = channels.path("webhook").path("url").asText(null);
        return new AlarmSettings(
                gather,
                duration(file, "window", NONE.window(), faults),
                tree.path("named").asInt(NONE.named()),
                mail.isMissingNode()
                        ? null
                        : new Mail(
                                mail.path("host").asText(),
                                mail.path("port").asInt(587),
                                mail.path("startTls").asBoolean(true),
                                mail.path("user").asText(null),
                                mail.path("secretFile").asText(null),
                                mail.path("from").asText(),
                                texts(mail.path("to"))),
                url == null ? null : uri(file, url, faults),
                texts(channels.path("sms").path("to")));
    }

    /** Read by the start; a file that is not there must not be found out by it. */
    private static void secret(HubHome home, Located file, JsonNode mail, Faults faults) {
        String name = mail.path("secretFile").textValue();
        if (name == null || !mail.has("user")) {
            return;
        }
        try {
            if (Files.readString(home.base().resolve(name)).isBlank()) {
                faults.add(file.fault("/channels/mail/secretFile", "the file is empty", "write the password into it"));
            }
        } catch (IOException | InvalidPathException e) {
            faults.add(file.fault(
                    "/channels/mail/secretFile",
                    "the file %s can't be read".formatted(name),
                    "write the password of the mail server into it, and let the hub's user read it"));
        }
    }

    private static @Nullable URI uri(Located file, String url, Faults faults) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            faults.add(file.fault("/channels/webhook/url", "not an address", "write it as https://host/path"));
            return null;
        }
    }

    private static Duration duration(Located file, String field, Duration otherwise, Faults faults) {
        String text = file.tree().path(field).asText(null);
        try {
            return text == null ? otherwise : Duration.parse(text);
        } catch (DateTimeParseException e) {
            faults.add(file.fault("/" + field, "not a duration", "write an ISO 8601 duration such as PT20S or PT10M"));
            return otherwise;
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }
}

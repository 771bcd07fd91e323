package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.configuration.ConfigSchema;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.validation.MessageSchema;

/** Reads {@code config/operators.yaml}. */
final class OperatorFiles {
    private final HubHome home;
    private final AgencyRegistry agencies;
    private final SecretSource secretSource;
    private final Faults faults;

    private final List<Operator> operators = new ArrayList<>();
    private final Map<String, char[]> secrets = new HashMap<>();
    private final Map<String, String> firstPlaces = new HashMap<>();

    OperatorFiles(HubHome home, AgencyRegistry agencies, SecretSource secretSource, Faults faults) {
        this.home = home;
        this.agencies = agencies;
        this.secretSource = secretSource;
        this.faults = faults;
    }

    List<Operator> operators() {
        return operators;
    }

    Map<String, char[]> secrets() {
        return secrets;
    }

    void read(boolean demo) {
        MessageSchema schema = ConfigSchema.compile(home, "operators", faults);
        if (schema == null) {
            return;
        }
        Path file = home.config().resolve("operators.yaml");
        if (Files.exists(file)) {
            readFile(file, schema);
        }
        if (demo) {
            readFile(home.config().resolve("demo").resolve("operators.yaml"), schema);
        }
        secretSource.warnOfOpenFiles();
    }

    private void readFile(Path path, MessageSchema schema) {
        Located file = YamlFile.read(home, path, schema, faults);
        JsonNode entries = file.tree().path("operators");
        for (int i = 0; i < entries.size(); i++) {
            readEntry(file, "/operators/" + i, entries.get(i));
        }
    }

    private void readEntry(Located file, String pointer, JsonNode entry) {
        String id = entry.path("id").asText();
        int before = faults.all().size();
        checkId(file, pointer, id);
        SecretSource.Fetched fetched = secretSource.fetch(entry.path("secret"));
        char[] secret = fetched.secret();
        if (secret == null) {
            faults.add(file.fault(pointer + "/secret", fetched.problem(), fetched.remedy()));
        }
        if (secret != null && file.isSound() && faults.all().size() == before) {
            Set<OperatorRole> roles = EnumSet.noneOf(OperatorRole.class);
            entry.path("roles").forEach(role -> roles.add(OperatorRole.valueOf(role.asText())));
            operators.add(new Operator(id, roles));
            secrets.put(id, secret);
        }
    }

    private void checkId(Located file, String pointer, String id) {
        if (id.isEmpty()) {
            return; // the schema has said so
        }
        if (AgencyFiles.RESERVED.contains(id)) {
            faults.add(file.fault(pointer + "/id", "the id " + id + " is reserved", "Choose another"));
        }
        if (agencies.find(id).isPresent()) {
            faults.add(file.fault(
                    pointer + "/id",
                    "the id " + id + " is an agency's",
                    "Give the person an id of their own: with one name for both nobody knows who has signed in"));
        }
        String here = file.file() + ":" + file.place(pointer + "/id").line();
        String first = firstPlaces.putIfAbsent(id, here);
        if (first != null) {
            faults.add(file.fault(
                    pointer + "/id",
                    "the id " + id + " is already taken at " + first,
                    "Give each person an id of their own"));
        }
    }
}

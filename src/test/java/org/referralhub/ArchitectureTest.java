package org.referralhub;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rooms of the house and the doors between them. */
@AnalyzeClasses(packages = "org.referralhub", importOptions = ArchitectureTest.NoTests.class)
class ArchitectureTest {
    /** Whatever folder they were compiled to. */
    static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }

    private static final String ROOT = "org.referralhub";

    /** Which of our packages a package may use besides itself. A package that is not named here may not exist. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("message", Set.of()),
            Map.entry("validation", Set.of("message")),
            Map.entry("configuration", Set.of("message", "validation")),
            Map.entry("dialect", Set.of("message", "validation", "configuration")),
            Map.entry("agency", Set.of("message", "validation", "configuration")),
            Map.entry("disclosure", Set.of("message", "agency", "configuration")),
            Map.entry("recipient", Set.of("message", "validation", "agency", "configuration")),
            Map.entry("broker", Set.of("message", "agency", "configuration")),
            Map.entry("trace", Set.of("message")),
            Map.entry(
                    "ledger",
                    Set.of("message", "validation", "agency", "recipient", "broker", "trace", "configuration")),
            Map.entry("watch", Set.of("message", "agency", "broker", "ledger", "trace", "configuration")),
            Map.entry("courier", Set.of("message", "agency", "broker", "ledger", "configuration")),
            Map.entry("counts", Set.of("message", "agency", "ledger", "configuration")),
            Map.entry("alarm", Set.of("message", "validation", "agency", "broker", "ledger", "watch", "configuration")),
            Map.entry(
                    "deadletter",
                    Set.of("message", "validation", "agency", "dialect", "broker", "ledger", "configuration")));

    /** May use everything above, and each other only as stated in the rules below. */
    private static final Set<String> OUTER = Set.of("flow", "edition", "api", "cli", "console", "bench", "demo");

    @ArchTest
    static final ArchRule rooms_form_no_cycles =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule every_class_lives_in_a_room_that_is_on_the_plan =
            classes().that(resideInAPackage(ROOT + "..")).should(resideInARoomOnThePlan());

    @ArchTest
    static final ArchRule nothing_depends_on_the_faces = noClasses()
            .that(resideInAPackage(ROOT + ".."))
            .and(not(resideInAnyPackage(ROOT, ROOT + ".api..", ROOT + ".cli..", ROOT + ".console..", ROOT + ".demo..")))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage(ROOT + ".api..", ROOT + ".cli..", ROOT + ".console..", ROOT + ".demo.."));

    @ArchTest
    static final ArchRule only_the_command_line_knows_the_bench = noClasses()
            .that(not(resideInAnyPackage(ROOT + ".bench..", ROOT + ".cli..")))
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + ".bench.."));

    @ArchTest
    static final ArchRule the_flow_is_used_by_the_faces_only = noClasses()
            .that(resideInAPackage(ROOT + ".."))
            .and(not(resideInAnyPackage(
                    ROOT,
                    ROOT + ".flow..",
                    ROOT + ".edition..",
                    ROOT + ".api..",
                    ROOT + ".cli..",
                    ROOT + ".console..",
                    ROOT + ".bench..",
                    ROOT + ".demo..")))
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + ".flow.."));

    @ArchTest
    static final ArchRule the_vocabulary_knows_no_framework = classes()
            .that(resideInAPackage(ROOT + ".message.."))
            .should(onlyDependOnClassesThat(
                    resideInAnyPackage(ROOT + ".message..", "java..", "com.fasterxml.jackson..", "org.jspecify..")));

    @ArchTest
    static final ArchRule routes_call_plain_beans = methods()
            .that()
            .areDeclaredInClassesThat(resideInAPackage(ROOT + ".flow.."))
            .and()
            .arePublic()
            .should(haveNoCamelTypeInTheirSignature())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule no_processors = noClasses()
            .that(resideInAPackage(ROOT + ".flow.."))
            .should()
            .implement("org.apache.camel.Processor")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule collaborators_come_through_the_constructor = noFields()
            .should()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
            .orShould()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
            .orShould()
            .beAnnotatedWith("jakarta.inject.Inject")
            .orShould()
            .beAnnotatedWith("jakarta.annotation.Resource")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule loggers_are_private_constants = fields().that()
            .haveRawType("org.slf4j.Logger")
            .should()
            .bePrivate()
            .andShould()
            .beStatic()
            .andShould()
            .beFinal()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nobody_prints_past_the_logs_but_the_faces = noClasses()
            .that(resideInAPackage(ROOT + ".."))
            .and(not(resideInAnyPackage(ROOT + ".cli..", ROOT + ".bench..", ROOT + ".demo..")))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static void every_room_says_what_it_is_for_and_is_null_marked(JavaClasses ours) {
        Set<String> unmarked = ours.getPackage(ROOT).getSubpackagesInTree().stream()
                .filter(room -> !room.getClasses().isEmpty())
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(Collectors.toSet());
        assertThat(unmarked).as("packages without a @NullMarked package-info").isEmpty();
    }

    @ArchTest
    static void rooms_are_named_after_the_field(JavaClasses ours) {
        List<String> vague = List.of("util", "utils", "common", "service", "impl", "model", "manager", "helper");
        Set<String> found = ours.getPackage(ROOT).getSubpackagesInTree().stream()
                .map(JavaPackage::getRelativeName)
                .filter(vague::contains)
                .collect(Collectors.toSet());
        assertThat(found).as("packages with a name that says nothing").isEmpty();
    }

    @ArchTest
    static void a_room_uses_only_the_doors_that_the_plan_gives_it(JavaClasses ours) {
        MAY_USE.forEach((room, allowed) -> {
            String[] doors = Stream.concat(Stream.of(room), allowed.stream())
                    .map(name -> ROOT + "." + name + "..")
                    .toArray(String[]::new);
            classes()
                    .that(resideInAPackage(ROOT + "." + room + ".."))
                    .should(onlyDependOnClassesThat(resideInAnyPackage(doors).or(not(resideInAPackage(ROOT + "..")))))
                    .as(room + " uses only " + allowed)
                    .allowEmptyShould(true)
                    .check(ours);
        });
    }

    private static ArchCondition<JavaClass> resideInARoomOnThePlan() {
        return new ArchCondition<>("reside in a package that the plan names") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                String rest = item.getPackageName().equals(ROOT)
                        ? ""
                        : item.getPackageName().substring(ROOT.length() + 1);
                String room = rest.split("\\.", 2)[0];
                boolean planned = room.isEmpty() || MAY_USE.containsKey(room) || OUTER.contains(room);
                events.add(new SimpleConditionEvent(
                        item,
                        planned,
                        item.getName() + (planned ? " is on the plan" : " is in a room not on the plan")));
            }
        };
    }

    private static ArchCondition<JavaMethod> haveNoCamelTypeInTheirSignature() {
        return new ArchCondition<>("have no Exchange, Message or Processor in their signature") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                // A class that extends Camel itself has to speak its language; a bean that routes call has not.
                boolean extendsCamel = method.getOwner().getAllRawSuperclasses().stream()
                        .anyMatch(type -> type.getPackageName().startsWith("org.apache.camel"));
                if (extendsCamel) {
                    return;
                }
                List<String> camel = Stream.concat(
                                Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                        .map(JavaClass::getName)
                        .filter(
                                Set.of(
                                        "org.apache.camel.Exchange",
                                        "org.apache.camel.Message",
                                        "org.apache.camel.Processor")::contains)
                        .toList();
                events.add(new SimpleConditionEvent(
                        method, camel.isEmpty(), method.getFullName() + " has " + camel + " in its signature"));
            }
        };
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<? super JavaClass> predicate) {
        return DescribedPredicate.not(predicate).forSubtype();
    }
}

package dev.sallyport.it;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.it.harness.KeycloakServer;
import dev.sallyport.it.harness.SallyportTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The table of doors in {@code docs/security-model.md} knows every way into a token that this release of Keycloak has, and
 * names who asks there and which tests see it. What Keycloak gains has to be judged by a person before this passes again.
 */
@SallyportTest
class DoorTableIT {

    private static final Path SOURCES = Path.of("..").toAbsolutePath().normalize();
    private static final Path DOCUMENT = SOURCES.resolve("docs/security-model.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static List<Row> doors;
    private static Set<String> known;

    /** @param cells the text between the bars of a line of a table */
    private record Row(List<String> cells) {

        static Row of(String line) {
            return new Row(Arrays.stream(line.split("(?<!\\\\)\\|"))
                    .map(String::strip)
                    .skip(1)
                    .toList());
        }

        Stream<String> codes(int cell) {
            return CODE.matcher(cells.get(cell)).results().map(found -> found.group(1));
        }
    }

    @BeforeAll
    static void readTheTable() throws IOException {
        doors = table("| Door | Keycloak calls it |");
        known = Stream.concat(
                        doors.stream().flatMap(row -> row.codes(1)),
                        table("| No door | Why |").stream().flatMap(row -> row.codes(0)))
                .collect(toSet());
    }

    private static List<Row> table(String heading) throws IOException {
        var rows = Files.readAllLines(DOCUMENT).stream()
                .dropWhile(line -> !line.startsWith(heading))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(Row::of)
                .toList();
        assertThat(rows).as("the table " + heading).isNotEmpty();
        return rows;
    }

    @Test
    void everyEventOfClientPoliciesIsKnown(KeycloakServer server) {
        assertKnown("event", server.constants("org.keycloak.services.clientpolicy.ClientPolicyEvent"));
    }

    @ParameterizedTest
    @CsvSource({
        "grant, oauth2-grant-type",
        "protocol, login-protocol",
        "action-token, actionTokenHandler",
    })
    void everyProviderOfAWayInIsKnown(String kind, String spi, KeycloakServer server) {
        assertKnown(kind, server.providers(spi));
    }

    private static void assertKnown(String kind, Set<String> present) {
        assertThat(present).isNotEmpty();
        assertThat(known)
                .containsAll(present.stream().map(id -> kind + ":" + id).toList());
    }

    @Test
    void nothingIsBothADoorAndNone() throws IOException {
        var none =
                table("| No door | Why |").stream().flatMap(row -> row.codes(0)).collect(toSet());

        assertThat(doors.stream().flatMap(row -> row.codes(1))).doesNotContainAnyElementsOf(none);
    }

    @Test
    void whoeverAsksAtADoorIsThere() throws IOException {
        try (var files = Files.walk(SOURCES, 20)) {
            var classes = files.map(path -> path.toString().replace('\\', '/'))
                    .filter(path -> path.contains("/src/main/java/") && path.endsWith(".java"))
                    .map(path -> path.replaceFirst(".*/", "").replace(".java", ""))
                    .collect(toSet());

            assertThat(doors).allSatisfy(row -> {
                var asking = row.codes(2)
                        .filter(Predicate.not(code -> code.contains(" ")))
                        .toList();
                assertThat(asking).as(row.cells().get(0)).isNotEmpty();
                assertThat(classes).containsAll(asking);
            });
        }
    }

    @Test
    void testsOfEachDoorAreThere() {
        assertThat(doors).allSatisfy(row -> {
            var tests = row.codes(4).toList();
            assertThat(tests).as("tests of " + row.cells().get(0)).isNotEmpty();
            assertThat(tests).allSatisfy(DoorTableIT::assertThere);
        });
    }

    private static void assertThere(String name) {
        var parts = name.split("\\.", 2);
        var type = testClass(parts[0]);
        if (parts.length == 1) return;
        assertThat(Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()))
                        .flatMap(owner -> Arrays.stream(owner.getDeclaredMethods()))
                        .filter(method -> Arrays.stream(method.getAnnotations()).anyMatch(annotation -> annotation
                                .annotationType()
                                .getSimpleName()
                                .endsWith("Test")))
                        .map(method -> method.getName()))
                .as("tests of " + parts[0])
                .contains(parts[1]);
    }

    private static Class<?> testClass(String name) {
        try {
            return Class.forName(DoorTableIT.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("There is no test class " + name, e);
        }
    }
}

package dev.sallyport.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.Documents;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OcsfEventTest {

    private static final OcsfEvent.Source SOURCE = new OcsfEvent.Source("sso.example.com/sallyport", "demo");

    private static final Set<String> REQUIRED_OF_ALL =
            Set.of("activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid");

    /** What OCSF 1.8.0 requires of each class beyond that, with one of the fields that it wants at least one of. */
    private static final Map<Integer, List<String>> REQUIRED = Map.of(
            3001, List.of("/user/uid"),
            3002, List.of("/user/uid", "/service/name"),
            3003, List.of("/user/uid", "/privileges/0"),
            3004, List.of("/entity/uid"),
            3005, List.of("/user/uid", "/privileges/0"),
            6003, List.of("/actor/user/uid", "/api/operation", "/src_endpoint"),
            2004, List.of("/finding_info/uid"));

    /** The activities that OCSF 1.8.0 has for each class. */
    private static final Map<Integer, Integer> HIGHEST_ACTIVITY =
            Map.of(3001, 12, 3002, 5, 3003, 3, 3004, 13, 3005, 4, 6003, 4, 2004, 3);

    private static JsonNode entry(String type, String more) {
        return Documents.tree("""
                {"id":"e1","time":"2026-11-23T08:00:00.123Z","salt":"s","type":"%s",
                 "actor":{"id":"u1","name":"ann","kind":"user"}%s}""".formatted(type, more));
    }

    private static void assertValid(JsonNode event) {
        for (var field : REQUIRED_OF_ALL)
            assertThat(event.hasNonNull(field)).as(field).isTrue();
        int uid = event.path("class_uid").asInt();
        int activity = event.path("activity_id").asInt();
        assertThat(REQUIRED).containsKey(uid);
        for (var pointer : REQUIRED.get(uid))
            assertThat(event.at(pointer).isMissingNode()).as(pointer).isFalse();
        assertThat(activity == 99 || activity >= 1 && activity <= HIGHEST_ACTIVITY.get(uid))
                .isTrue();
        assertThat(event.path("category_uid").asInt()).isEqualTo(uid / 1000);
        assertThat(event.path("type_uid").asInt()).isEqualTo(uid * 100 + activity);
        assertThat(event.path("severity_id").asInt()).isBetween(1, 5);
        assertThat(event.at("/metadata/version").asText()).isEqualTo("1.8.0");
        assertThat(event.at("/metadata/product/name").asText()).isEqualTo("Sallyport");
        if (event.has("device"))
            assertThat(event.at("/metadata/profiles/0").asText()).isEqualTo("host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "access.denied",
                "access.step-up",
                "access.report-only",
                "access.suspended",
                "device.enrolled",
                "device.updated",
                "device.blocked",
                "device.removed",
                "device.posture-changed",
                "elevation.requested",
                "elevation.approved",
                "elevation.denied",
                "elevation.cancelled",
                "elevation.expired",
                "elevation.activated",
                "elevation.extended",
                "elevation.ended",
                "emergency.activated",
                "emergency.reviewed",
                "session.started",
                "session.event",
                "session.activity",
                "session.killed",
                "session.ended",
                "finding.raised",
                "finding.resolved",
                "response.taken",
                "lock.set",
                "lock.lifted",
                "config.created",
                "config.updated",
                "config.deleted",
                "config.confirmed",
                "review.opened",
                "review.decided",
                "review.closed",
                "delegation.created",
                "delegation.ended",
                "audit.pruned",
                "audit.erased",
                "something.new"
            })
    void everyTypeIsAValidEvent(String type) {
        var whole =
                ",\"subject\":{\"id\":\"u2\",\"name\":\"bob\",\"kind\":\"user\"},\"sessionId\":\"s\",\"elevationId\":\"x\","
                        + "\"deviceId\":\"d\",\"clientId\":\"ledger\",\"ip\":\"192.0.2.1\",\"details\":{\"privilege\":\"db-admin\"}";
        for (var more : List.of("", whole, ",\"subject\":{\"id\":\"office\",\"kind\":\"network\"},\"details\":{}")) {
            var entry = entry(type, more);

            var event = OcsfEvent.of(12, "aGFzaA==", entry, SOURCE);

            assertValid(event);
            assertThat(event.at("/unmapped/entry")).isEqualTo(entry);
            assertThat(event.at("/unmapped/index").asLong()).isEqualTo(12);
            assertThat(event.at("/unmapped/leafHash").asText()).isEqualTo("aGFzaA==");
            assertThat(event.at("/metadata/uid").asText()).isEqualTo("e1");
            assertThat(event.path("time").asLong()).isEqualTo(1795420800123L);
        }
    }

    @Test
    void typesAreTheClassesThatOperationsCentresLookFor() {
        assertThat(type("access.denied")).isEqualTo(300201);
        assertThat(type("session.ended")).isEqualTo(300202);
        assertThat(type("elevation.activated")).isEqualTo(300301);
        assertThat(type("elevation.ended")).isEqualTo(300502);
        assertThat(type("config.updated")).isEqualTo(300403);
        assertThat(type("session.activity")).isEqualTo(600399);
        assertThat(type("finding.raised")).isEqualTo(200401);
        assertThat(type("finding.resolved")).isEqualTo(200403);
        var lock = entry("lock.set", ",\"subject\":{\"id\":\"u2\",\"kind\":\"user\"}");
        assertThat(OcsfEvent.of(0, "", lock, SOURCE).path("type_uid").asInt()).isEqualTo(300109);
    }

    private static int type(String type) {
        return OcsfEvent.of(0, "", entry(type, ""), SOURCE).path("type_uid").asInt();
    }

    @Test
    void findingIsAsSevereAsItSays() {
        var finding = entry(
                "finding.raised",
                ",\"details\":{\"finding\":\"f1\",\"kind\":\"given-outside\",\"severity\":\"critical\"}");

        var event = OcsfEvent.of(0, "", finding, SOURCE);

        assertThat(event.path("severity_id").asInt()).isEqualTo(5);
        assertThat(event.at("/finding_info/uid").asText()).isEqualTo("f1");
        assertThat(event.path("status").asText()).isEqualTo("New");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"event\":\"LOGIN_ERROR\",\"error\":\"invalid_user_credentials\"', invalid_user_credentials",
        "'\"kind\":\"admin\",\"outcome\":\"failed\",\"reason\":\"x\"', failed",
        "'\"kind\":\"admin\",\"outcome\":\"rolled-back\"', rolled-back",
        "'\"error\":\"not_allowed\",\"outcome\":\"rolled-back\"', not_allowed"
    })
    void whatKeycloakRefusedOrTookBackIsAFailure(String details, String reason) {
        var event = OcsfEvent.of(0, "", entry("session.event", ",\"details\":{" + details + "}"), SOURCE);

        assertThat(event.path("status_id").asInt()).isEqualTo(2);
        assertThat(event.path("status").asText()).isEqualTo("Failure");
        assertThat(event.path("status_detail").asText()).isEqualTo(reason);
        assertValid(event);
    }

    @ParameterizedTest
    @CsvSource({
        "session.event, '\"kind\":\"admin\",\"operation\":\"UPDATE\"'",
        // NB. What an application says of its own acts is in its own words.
        "session.activity, '\"action\":\"void\",\"outcome\":\"failed\"'",
        "emergency.reviewed, '\"outcome\":\"misuse\"'"
    })
    void whatWasDoneIsASuccess(String type, String details) {
        var event = OcsfEvent.of(0, "", entry(type, ",\"details\":{" + details + "}"), SOURCE);

        assertThat(event.path("status_id").asInt()).isEqualTo(1);
        assertThat(event.path("status").asText()).isEqualTo("Success");
        assertThat(event.has("status_detail")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"outcome\":\"taken\"', taken",
        "'\"outcome\":\"nothing\"', nothing",
        "'\"outcome\":\"failed\"', failed",
        "'\"outcome\":\"withheld\",\"reason\":\"too-many\"', withheld: too-many"
    })
    void responseSaysWhatCameOfItAndLeavesTheFindingOpen(String details, String detail) {
        var event = OcsfEvent.of(0, "", entry("response.taken", ",\"details\":{" + details + "}"), SOURCE);

        assertThat(event.path("type_uid").asInt()).isEqualTo(200402);
        assertThat(event.path("status").asText()).isEqualTo("New");
        assertThat(event.path("status_detail").asText()).isEqualTo(detail);
        assertValid(event);
    }

    @Property
    void messageIsOneLineOfAsciiAndTheSameDocument(@ForAll String typed) {
        var entry = (com.fasterxml.jackson.databind.node.ObjectNode) entry("elevation.requested", "");
        entry.putObject("details").put("justification", typed);

        var message = Messages.event(1, "", entry, SOURCE);

        assertThat(message.body().chars()).allMatch(c -> c >= ' ' && c <= '~');
        if (typed.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            assertThat(Documents.tree(message.body())
                            .at("/unmapped/entry/details/justification")
                            .asText())
                    .isEqualTo(typed);
        }
    }
}

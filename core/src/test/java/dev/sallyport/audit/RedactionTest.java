package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Documents;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final String ANN = "11111111-1111-1111-1111-111111111111";
    private static final String BOB = "22222222-2222-2222-2222-222222222222";

    private static final String APPROVED = """
            {"id":"e","time":"2026-11-28T20:00:00Z","salt":"c2FsdA==","type":"elevation.approved",
             "actor":{"id":"%s","name":"bob","kind":"user"},"subject":{"id":"%s","name":"ann","kind":"user"},
             "sessionId":"s","elevationId":"v","deviceId":"d","clientId":"desk","ip":"192.0.2.1",
             "details":{"privilege":"vault","comment":"for ann","justification":"because","count":2,"emergency":false,
                        "requester":"%s","evidence":{"ip":"192.0.2.1"},"document":"{}"}}""".formatted(BOB, ANN, ANN);

    @Test
    void whatRemainsNamesTheOtherAndNothingThatAnybodyTyped() {
        var left = Redaction.of(Documents.tree(APPROVED), ANN, "erased-1");

        assertThat(left).isEqualTo(Documents.tree("""
                {"id":"e","time":"2026-11-28T20:00:00Z","type":"elevation.approved",
                 "actor":{"id":"%s","name":"bob","kind":"user"},"subject":{"id":"erased-1","kind":"user"},
                 "elevationId":"v","clientId":"desk",
                 "details":{"privilege":"vault","count":2,"emergency":false,"requester":"erased-1"}}""".formatted(BOB)));
    }

    @Test
    void whatRemainsCanForgetTheOtherAsWell() {
        var left = Redaction.of(Redaction.of(Documents.tree(APPROVED), ANN, "erased-1"), BOB, "erased-2");

        assertThat(left.toString()).doesNotContain("bob", "ann", ANN, BOB).contains("erased-1", "erased-2");
    }

    @Test
    void nothingRemainsOfWhatAnApplicationSaidInWordsOfItsOwn() {
        var entry = """
                {"type":"%s","subject":{"id":"%s","name":"ann","kind":"user"},"clientId":"till",
                 "details":{"action":"void","outcome":"ann was told","kind":"of ann","details":{"note":"ann"}}}""";

        var reported = Redaction.of(Documents.tree(entry.formatted("session.activity", ANN)), ANN, "erased-1");
        var reviewed = Redaction.of(Documents.tree(entry.formatted("elevation.reviewed", ANN)), ANN, "erased-1");

        assertThat(reported.path("details")).isEmpty();
        assertThat(reviewed.at("/details/outcome").asText()).isEqualTo("ann was told");
    }

    @Test
    void entryConcernsWhoIsInItOrInItsDetails() {
        assertThat(concerns(APPROVED, ANN)).isTrue();
        assertThat(concerns(APPROVED, BOB)).isTrue();
        assertThat(concerns("{\"details\":{\"editors\":[\"" + ANN + "\"]}}", ANN))
                .isTrue();
        assertThat(concerns("{\"details\":{\"document\":\"{\\\"by\\\":\\\"" + ANN + "\\\"}\"}}", ANN))
                .isTrue();
        assertThat(concerns("{\"details\":{\"path\":\"users/" + ANN + "/role-mappings\"}}", ANN))
                .isTrue();
        assertThat(concerns("{\"details\":{\"of\":{\"" + ANN + "\":1}}}", ANN)).isTrue();
        assertThat(concerns(APPROVED, "33333333-3333-3333-3333-333333333333")).isFalse();
    }

    @Test
    void whatIsNoUserOfAnEntryIsNotLookedFor() {
        var entry =
                "{\"id\":\"%1$s\",\"actor\":{\"id\":\"b\",\"name\":\"%1$s\",\"kind\":\"user\"},\"sessionId\":\"%1$s\",\"elevationId\":\"%1$s\",\"deviceId\":\"%1$s\"}"
                        .formatted(ANN);

        assertThat(concerns(entry, ANN)).isFalse();
    }

    @Test
    void onlyPartiesThatArePeopleShowThatAnIdIsOneOfAUser() {
        assertThat(Redaction.knows(Documents.tree(APPROVED), ANN)).isTrue();
        assertThat(Redaction.knows(Documents.tree("{\"subject\":{\"id\":\"" + ANN + "\",\"kind\":\"device\"}}"), ANN))
                .isFalse();
        assertThat(Redaction.knows(Documents.tree("{\"details\":{\"requester\":\"" + ANN + "\"}}"), ANN))
                .isFalse();
    }

    @Test
    void ownerOfADeviceIsAUserThatTheLogSpeaksOf() {
        var enrolled =
                "{\"type\":\"device.%s\",\"subject\":{\"id\":\"d\",\"kind\":\"device\"},\"details\":{\"%s\":{\"displayName\":"
                        + "\"Laptop of Ann\",\"owner\":\"ann\",\"ownerId\":\"" + ANN + "\"}}}";

        for (var entry : List.of(enrolled.formatted("enrolled", "device"), enrolled.formatted("updated", "previous"))) {
            assertThat(Redaction.knows(Documents.tree(entry), ANN)).isTrue();
            assertThat(Redaction.knows(Documents.tree(entry), BOB)).isFalse();
            assertThat(concerns(entry, ANN)).isTrue();
            assertThat(Redaction.of(Documents.tree(entry), ANN, "erased-1").toString())
                    .doesNotContain("Ann", "ann", ANN);
        }
        var reported = enrolled.formatted("enrolled", "device").replace("device.enrolled", "session.activity");
        assertThat(Redaction.knows(Documents.tree(reported), ANN)).isFalse();
    }

    @Test
    void userOfADirectoryIsNotAnotherWhoseNameBeginsAlike() {
        var id = "f:44444444-4444-4444-4444-444444444444:bob";

        assertThat(concerns("{\"details\":{\"by\":\"" + id + "by\"}}", id)).isFalse();
        assertThat(concerns("{\"details\":{\"by\":\"" + id + ".by\"}}", id)).isFalse();
        assertThat(concerns("{\"details\":{\"by\":\"" + id + "by, " + id + "\"}}", id))
                .isTrue();
        assertThat(concerns("{\"actor\":{\"id\":\"" + id + "by\"},\"subject\":{\"id\":\"" + id + "\"}}", id))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users/%s",
                "users/%s/role-mappings/realm",
                "attack-detection/brute-force/users/%s",
                "organizations/o/members/%s",
                "organizations/o/members/%s/groups",
                "/admin/realms/r/users/%s/reset-password"
            })
    void userOfADirectoryIsFoundInAPath(String path) {
        var id = "f:44444444-4444-4444-4444-444444444444:bob";

        assertThat(concernedByPath(path.formatted(id), id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users/%s/admin",
                "users/%s/admin/groups",
                "users/%s/groups-of",
                "users/%sby",
                "users/f:55555555-5555-5555-5555-555555555555:x/users/%s",
                "roles/%s/groups",
                "otherusers/%s",
                "%s/groups"
            })
    void userOfADirectoryIsNotAnotherWhoseNameGoesOnInAPath(String path) {
        var id = "f:44444444-4444-4444-4444-444444444444:bob";

        assertThat(concernedByPath(path.formatted(id), id)).isFalse();
    }

    @Test
    void userOfADirectoryWhoseNameHasASlashIsFoundInAPath() {
        var id = "f:44444444-4444-4444-4444-444444444444:bob/admin";

        assertThat(concernedByPath("users/" + id + "/groups", id)).isTrue();
    }

    private static boolean concernedByPath(String path, String id) {
        return concerns("{\"details\":{\"path\":\"" + path + "\"}}", id);
    }

    private static boolean concerns(String entry, String userId) {
        return Redaction.concerns(Documents.tree(entry), userId);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11111111-1111-1111-1111-111111111111",
                "f:44444444-4444-4444-4444-444444444444:bob",
                "f:44444444-4444-4444-4444-444444444444:cn=bob"
            })
    void idOfAUserIsOne(String id) {
        assertThat(PersonId.is(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "\"11111111-1111-1111-1111-111111111111",
                "id\":\"11111111-1111-1111-1111-111111111111",
                "11111111-1111-1111-1111-111111111111\",\"kind\":\"user\"",
                "11111111-1111-1111-1111-111111111111 ",
                "11111111-1111-1111-1111-111111111111\n",
                "\"type\":\"audit.pruned\",\"actor\":{\"id\":\"system",
                "f:44444444-4444-4444-4444-444444444444:",
                "f:44444444-4444-4444-4444-444444444444:bob\"",
                "f:44444444-4444-4444-4444-444444444444:bob,carol",
                "f:44444444-4444-4444-4444-444444444444:bo b"
            })
    void anythingElseIsNone(String id) {
        assertThat(PersonId.is(id)).isFalse();
    }
}

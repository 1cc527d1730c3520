package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.document.Documents;
import org.junit.jupiter.api.Test;

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
    void entryConcernsWhomItMentionsAnywhere() {
        assertThat(Redaction.concerns(APPROVED, ANN)).isTrue();
        assertThat(Redaction.concerns("{\"details\":{\"editors\":[\"" + ANN + "\"]}}", ANN))
                .isTrue();
        assertThat(Redaction.concerns("{\"details\":{\"document\":\"{\\\"by\\\":\\\"" + ANN + "\\\"}\"}}", ANN))
                .isTrue();
        assertThat(Redaction.concerns(APPROVED, "33333333-3333-3333-3333-333333333333"))
                .isFalse();
    }

    @Test
    void userOfADirectoryIsNotAnotherWhoseNameBeginsAlike() {
        var id = "f:44444444-4444-4444-4444-444444444444:bob";

        assertThat(Redaction.concerns("{\"actor\":{\"id\":\"" + id + "by\"}}", id))
                .isFalse();
        assertThat(Redaction.concerns("{\"actor\":{\"id\":\"" + id + "by\"},\"subject\":{\"id\":\"" + id + "\"}}", id))
                .isTrue();
    }
}

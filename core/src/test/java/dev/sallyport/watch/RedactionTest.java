package dev.sallyport.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.Documents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final String JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJlLW9mLWl0";

    private static JsonNode redacted(String json) {
        return Redaction.of(Documents.tree(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "newPassword",
                "client_secret",
                "clientSecret",
                "registrationAccessToken",
                "refresh_token",
                "client_assertion",
                "privateKey",
                "private_key",
                "api-key",
                "Cookie",
                "code",
                "user_code",
                "otp",
                "secretData"
            })
    void valueOfAFieldThatIsCalledLikeASecretIsMasked(String name) {
        var redacted = redacted("{\"%s\":\"hidden\",\"list\":[{\"%s\":[\"hidden\"]}]}".formatted(name, name));

        assertThat(redacted.toString()).doesNotContain("hidden").contains(Redaction.MASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"text\":\"Bearer " + JWT + "\"}",
                "{\"text\":\"-----BEGIN RSA PRIVATE KEY-----\\nhidden\"}",
                "{\"text\":\"{\\\"password\\\":\\\"hidden\\\"}\"}",
                "{\"credentials\":[{\"type\":\"password\",\"value\":\"hidden\"}]}",
                "{\"name\":\"client_secret\",\"value\":\"hidden\"}",
                "{\"redirect_uri\":\"https://app.example/cb?session=hidden#x\"}",
                "{\"redirect_uri\":\"app:/cb\",\"other\":\"https://app.example/#hidden\"}"
            })
    void whatLooksLikeASecretIsMaskedWhateverItIsCalled(String json) {
        var redacted = redacted(json).toString();

        assertThat(redacted).doesNotContain("hidden").doesNotContain("eyJ");
    }

    @Test
    void whatIsNoSecretStays() {
        var json = """
                {"username":"ann","enabled":true,"resetPasswordAllowed":false,"passwordPolicy":"length(8)",
                 "accessTokenLifespan":300,"token_id":"trrtcc:1","refresh_token_id":"x","roles":["clerk"]}""";

        assertThat(redacted(json)).isEqualTo(Documents.tree(json));
    }

    @Test
    void whatIsTooLargeKeepsItsSingleValuesAndSaysThatThereWasMore() {
        var large = Documents.tree(
                "{\"realm\":\"r\",\"text\":\"%s\",\"list\":[\"%s\"]}".formatted("x".repeat(5_000), "y".repeat(9_000)));

        var kept = Redaction.within(2_000, large);

        assertThat(Redaction.size(kept)).isLessThanOrEqualTo(2_000);
        assertThat(kept.path("truncated").asBoolean()).isTrue();
        assertThat(kept.path("realm").asText()).isEqualTo("r");
        assertThat(kept.path("text").asText()).startsWith("xxx").hasSizeLessThan(600);
        assertThat(kept.has("list")).isFalse();
    }

    @Test
    void numbersThatHaveNoOneFormAreFound() {
        var numbers = Documents.tree("{\"a\":1,\"b\":[1.5],\"c\":9007199254740993}");

        assertThat(Redaction.unkeepable(numbers, "details")).contains("details.b[0]");
        assertThat(Redaction.unkeepable(Documents.tree("{\"c\":9007199254740993}"), "details"))
                .contains("details.c");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        var cut = Redaction.cut("x".repeat(499) + "\uD83D\uDE00" + "y".repeat(100));

        assertThat(Documents.textFault(cut, 2_000)).isEmpty();
        assertThat(cut).startsWith("xxx").doesNotContain("y");
    }
}

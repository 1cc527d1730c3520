package dev.sallyport.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /** The vector that the libraries of Standard Webhooks are tested with. */
    @Test
    void signatureIsThatOfTheStandard() {
        var secrets = List.of(WebhookSecret.of(SECRET).orElseThrow());

        var signature =
                WebhookSecret.signature(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}");

        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void whileASecretChangesBothSignTheNewerFirst() {
        var old = WebhookSecret.of(SECRET).orElseThrow();
        var recent = WebhookSecret.of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX").orElseThrow();

        var both = WebhookSecret.signature(List.of(recent, old), "id", 1, "{}");

        assertThat(both)
                .isEqualTo(WebhookSecret.signature(List.of(recent), "id", 1, "{}") + " "
                        + WebhookSecret.signature(List.of(old), "id", 1, "{}"));
    }

    @Test
    void whatIsTooShortTooLongOrNoBase64IsNoSecret() {
        assertThat(WebhookSecret.of("whsec_" + "A".repeat(28))).isEmpty();
        assertThat(WebhookSecret.of("whsec_" + "A".repeat(88))).isEmpty();
        assertThat(WebhookSecret.of("whsec_not base64 at all, is it? no!")).isEmpty();
        assertThat(WebhookSecret.of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isPresent();
    }
}

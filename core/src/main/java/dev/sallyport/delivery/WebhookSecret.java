package dev.sallyport.delivery;

import dev.sallyport.document.DocumentFault;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a webhook is signed with, and how: Standard Webhooks 1.0, symmetric ({@code v1}). */
public final class WebhookSecret {

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;

    private final SecretKeySpec key;

    private WebhookSecret(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** @return empty if the text is no such secret */
    public static Optional<WebhookSecret> of(String text) {
        try {
            var key = Base64.getDecoder().decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
            return Optional.of(key)
                    .filter(bytes -> bytes.length >= SHORTEST && bytes.length <= LONGEST)
                    .map(WebhookSecret::new);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** @throws DocumentFault that names the path, if the text is no such secret */
    static void check(String path, String text) {
        if (of(text).isEmpty()) {
            throw new DocumentFault(
                    path, "must be whsec_ and " + SHORTEST + " to " + LONGEST + " random bytes in Base64");
        }
    }

    /**
     * The {@code webhook-signature} by every secret that is in use, the newest first.
     *
     * @param id the {@code webhook-id}; holds no full stop
     * @param timestamp the {@code webhook-timestamp}, in epoch seconds
     * @param payload exactly what is sent
     */
    public static String signature(List<WebhookSecret> secrets, String id, long timestamp, String payload) {
        var signed = (id + "." + timestamp + "." + payload).getBytes(StandardCharsets.UTF_8);
        return secrets.stream().map(secret -> "v1," + secret.mac(signed)).collect(Collectors.joining(" "));
    }

    private String mac(byte[] signed) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}

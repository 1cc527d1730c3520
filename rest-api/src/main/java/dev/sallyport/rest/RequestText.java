package dev.sallyport.rest;

import dev.sallyport.document.DocumentFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The text of a request, as exactly what was sent: nothing is replaced, cut off or guessed. */
final class RequestText {

    /** The largest body, in bytes. */
    static final int MAX_BODY = 1024 * 1024;

    private RequestText() {}

    /** @throws Refusal if the body is too large or is not UTF-8 */
    static String body(InputStream body) {
        try {
            var bytes = body == null ? new byte[0] : body.readNBytes(MAX_BODY + 1);
            if (bytes.length > MAX_BODY) throw Refusal.tooLarge("The body must not be larger than 1 MiB.");
            return utf8(bytes).orElseThrow(() -> new DocumentFault("", "is not valid UTF-8"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Refuses an address that does not say what its parameters would say once they are decoded.
     *
     * @throws Refusal if it holds U+0000, half a surrogate pair or anything else that is not UTF-8
     */
    static void checkAddress(URI address) {
        check(address.getRawPath());
        if (address.getRawQuery() != null) check(address.getRawQuery());
    }

    private static void check(String encoded) {
        var text = utf8(percentDecoded(encoded));
        if (text.isEmpty()) throw Refusal.badRequest("The address is not valid UTF-8.");
        if (text.get().indexOf('\0') >= 0) throw Refusal.badRequest("The address contains the character U+0000.");
    }

    private static byte[] percentDecoded(String encoded) {
        var from = encoded.getBytes(StandardCharsets.UTF_8);
        var to = new ByteArrayOutputStream(from.length);
        for (int i = 0; i < from.length; i++) {
            int value = from[i] == '%' && i + 2 < from.length ? hex(from[i + 1], from[i + 2]) : -1;
            to.write(value < 0 ? from[i] : value);
            if (value >= 0) i += 2;
        }
        return to.toByteArray();
    }

    private static int hex(byte high, byte low) {
        int one = Character.digit(high, 16);
        int other = Character.digit(low, 16);
        return one < 0 || other < 0 ? -1 : one * 16 + other;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}

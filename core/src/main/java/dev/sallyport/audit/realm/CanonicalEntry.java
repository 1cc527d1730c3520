package dev.sallyport.audit.realm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.document.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.JsonCanonicalizer;

/** The bytes of an entry that are hashed: its JSON in the one form of RFC 8785. */
final class CanonicalEntry {

    private CanonicalEntry() {}

    static byte[] of(JsonNode entry) {
        try {
            return new JsonCanonicalizer(Documents.write(entry)).getEncodedUTF8();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(byte[] canonical) {
        return new String(canonical, StandardCharsets.UTF_8);
    }
}

package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.document.Documents;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditEntryTest {

    @Test
    void whatIsTooDeepIsKeptAsText() {
        var deep = Documents.tree("[".repeat(30) + "1" + "]".repeat(30));

        var written = Documents.write(entry(deep));

        assertThat(Documents.tree(written).at("/details/what" + "/0".repeat(16)).asText())
                .isEqualTo("[".repeat(14) + "1" + "]".repeat(14));
    }

    @Test
    void whatIsAsDeepAsItMayBeIsKeptAsItIs() {
        var deep = Documents.tree("[".repeat(16) + "1" + "]".repeat(16));

        assertThat(entry(deep).details().get("what")).isEqualTo(deep);
    }

    @Test
    void numbersThatAreNoIntegersOfADoubleAreKeptAsTexts() {
        var numbers = Documents.tree("[9007199254740991,-9007199254740991,9007199254740992,1.5,1e400,true,null]");

        assertThat(entry(numbers).details().get("what").toString())
                .isEqualTo("[9007199254740991,-9007199254740991,\"9007199254740992\",\"1.5\",\"Infinity\",true,null]");
    }

    @Test
    void whatNoDatabaseStoresIsReplaced() {
        var texts = Documents.tree("{\"a\\u0000\":\"b\\ud800c\\ud83d\\ude00\"}");

        assertThat(entry(texts).details().get("what").toString()).isEqualTo("{\"a\ufffd\":\"b\ufffdc\ud83d\ude00\"}");
    }

    private static AuditEntry entry(JsonNode detail) {
        return new AuditEntry(
                "id",
                Instant.EPOCH,
                "salt",
                "session.event",
                Party.of("system", "system"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("what", detail));
    }
}

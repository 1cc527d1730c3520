package dev.sallyport.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostureTest {

    private static Posture read(String json) {
        return Documents.read(Json.of(json), Posture.class);
    }

    private static DocumentFault faultOf(String json) {
        return catchThrowableOfType(DocumentFault.class, () -> read(json));
    }

    @Test
    void everyFactIsReadAndWrittenAgain() {
        var json = """
                {'observedAt':'2026-11-23T08:00:00Z','source':'registry','managed':true,'compliant':true,
                 'osVersion':'14.5.1','diskEncrypted':true,'firewall':true,'screenLock':true,'secureBoot':true,
                 'jailbroken':false,'antimalware':true,'criticalVulnerabilities':0,
                 'failing':[{'check':'FileVault','remediation':'Turn on FileVault in System Settings'}],
                 'attributes':{'patchRing':'beta','unknown':null}}""";

        var posture = read(json);

        assertThat(Documents.toTree(posture)).isEqualTo(Documents.tree(Json.of(json)));
    }

    @Test
    void everyFactButTheTimeMayBeAbsent() {
        var posture = read("{'observedAt':'2026-11-23T08:00:00Z'}");

        assertThat(posture.observedAt()).isEqualTo(Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(posture.compliant()).isEmpty();
        assertThat(posture.jailbroken()).isEmpty();
        assertThat(posture.criticalVulnerabilities()).isEmpty();
        assertThat(Documents.write(posture)).isEqualTo(Json.of("{'observedAt':'2026-11-23T08:00:00Z'}"));
    }

    @Test
    void anEmptyTextIsNotForgotten() {
        var posture =
                read("{'observedAt':'2026-11-23T08:00:00Z','source':'','failing':[{'check':'a','remediation':''}],"
                        + "'attributes':{'a':'','b':[],'c':{}}}");

        assertThat(read(Documents.write(posture))).isEqualTo(posture);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'compliant':true|observedAt|is required",
                "'observedAt':null|observedAt|is required",
                "'observedAt':'2026-11-23T08:00:00Z','encrypted':true|encrypted|is not a known field",
                "'observedAt':'2026-11-23T08:00:00Z','osVersion':'macOS 14.5'|osVersion|must be dotted numbers such as 14.5.1",
                "'observedAt':'2026-11-23T08:00:00Z','osVersion':''|osVersion|must be dotted numbers such as 14.5.1",
                "'observedAt':'2026-11-23T08:00:00Z','criticalVulnerabilities':-1|criticalVulnerabilities|must not be negative",
                "'observedAt':'2026-11-23T08:00:00Z','failing':[{'remediation':'x'}]|failing[0].check|must not be empty",
                "'observedAt':'2026-11-23T08:00:00Z','failing':[{'check':'a'},{'check':' '}]|failing[1].check|must not be empty",
                "'observedAt':'2026-11-23T08:00:00Z','failing':[null]|failing[0]|must not be null",
                "'observedAt':'2026-11-23T08:00:00Z','compliant':'yes'|compliant|must be true or false",
            })
    void aFaultyFactIsRefusedWithItsPath(String facts, String path, String reason) {
        var fault = faultOf("{" + facts + "}");

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @Test
    void attributesMayBeAsLargeAsTheLimitAndNoLarger() {
        // {"a0":"…"}: seven bytes besides the text for the first attribute, eight for each further one, two braces
        var texts = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            texts.append("'a").append(i).append("':'").append("ä".repeat(1_000)).append("',");
        }
        int rest = Posture.MAX_ATTRIBUTES - 8 * (2_000 + 8) - "{'z':''}".length();

        var largest =
                "{'observedAt':'2026-11-23T08:00:00Z','attributes':{" + texts + "'z':'" + "x".repeat(rest) + "'}}";
        var fault = faultOf(largest.replace("'z':'", "'z':'x"));

        assertThat(faultOf(largest)).isNull();
        assertThat(fault.path()).isEqualTo("attributes");
        assertThat(fault.reason()).isEqualTo("must not be larger than 16 KiB");
    }

    @Test
    void theSourceIsWhatTheServerSays() {
        var pushed = read("{'observedAt':'2026-11-23T08:00:00Z','source':'fleet','compliant':true}");

        var kept = pushed.from("registry");

        assertThat(kept.source()).contains("registry");
        assertThat(kept.from("fleet")).isEqualTo(pushed);
    }

    @Test
    void aDeviceServesItsOwnerOnlyIfItHasOne() {
        var common = new Device(
                "C02A",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Device.Status.ACTIVE,
                Optional.empty());
        var owned = new Device(
                "C02A",
                Optional.empty(),
                Optional.of("id-ann"),
                Optional.empty(),
                Optional.empty(),
                Device.Status.ACTIVE,
                Optional.empty());

        assertThat(List.of(common.servesUser("id-ann"), common.servesUser("id-bob")))
                .containsExactly(true, true);
        assertThat(List.of(owned.servesUser("id-ann"), owned.servesUser("id-bob")))
                .containsExactly(true, false);
    }
}

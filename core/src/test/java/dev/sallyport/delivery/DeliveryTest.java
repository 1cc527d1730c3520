package dev.sallyport.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryTest {

    private static SinkDocument syslog(String url) {
        return SinkDocument.read("{\"name\":\"s\",\"type\":\"syslog\",\"url\":\"" + url + "\",\"format\":\"ocsf\"}");
    }

    private static SinkDocument file(String name) {
        return SinkDocument.read("{\"name\":\"f\",\"type\":\"file\",\"url\":\"" + name + "\",\"format\":\"ocsf\"}");
    }

    @Test
    void filterAdmitsWholeTypesAndBeginnings() {
        var filter = EventFilter.of(List.of("elevation.*", "lock.set"));

        assertThat(List.of("elevation.ended", "lock.set")).allMatch(filter::admits);
        assertThat(List.of("elevations.ended", "lock.lifted", "lock.set-again", "access.denied"))
                .noneMatch(filter::admits);
        assertThat(EventFilter.of(null).admits("anything.at-all")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "elevation",
                "elevation.",
                ".*",
                "**",
                "elevation.*.x",
                "elevation.e*",
                "ELEVATION.*",
                "a b.c"
            })
    void whatIsNoPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> EventFilter.of(List.of(pattern))).isInstanceOf(DocumentFault.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../audit",
                "/etc/passwd",
                "..",
                ".",
                ".hidden",
                "a/b",
                "a\\\\b",
                "a b",
                "",
                "-x",
                "a%2fb",
                "a\\u0000b"
            })
    void fileIsABareName(String name) {
        assertThatThrownBy(() -> file(name))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("url"));
    }

    @Test
    void bareNameIsAFile() {
        assertThat(file("audit.jsonl").destination()).isEmpty();
        assertThat(file("audit.jsonl").enabled()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://logs.example.com",
                "udp://logs.example.com:514",
                "tcp://logs.example.com",
                "tls://logs.example.com:6514/x",
                "tls://user@logs.example.com",
                "tls://logs.example.com?x",
                "tls://2130706433",
                "tls://:6514",
                "tls://logs.example.com:70000"
            })
    void syslogServerIsNamedByHostAndPort(String url) {
        assertThatThrownBy(() -> syslog(url))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("url"));
        assertThat(syslog("tls://logs.example.com").destination()).isPresent();
        assertThat(syslog("tcp://logs.example.com:514").destination()).isPresent();
    }

    @Test
    void whatTheReceiverSaysOfItselfRefusesNoEntry() {
        assertThat(List.of(200, 202, 204)).allMatch(status -> Verdict.of(status) == Verdict.TAKEN);
        assertThat(Verdict.of(410)).isEqualTo(Verdict.REFUSED_FOR_GOOD);
        assertThat(List.of(400, 404, 413, 422)).allMatch(status -> Verdict.of(status) == Verdict.REFUSED);
        assertThat(List.of(100, 302, 401, 403, 407, 408, 425, 429, 500, 503))
                .allMatch(status -> Verdict.of(status) == Verdict.UNAVAILABLE);
    }

    @Property
    void pausesGrowAndStayBounded(
            @ForAll @IntRange(max = 5_000) int failures, @ForAll @DoubleRange(max = 1) double lot) {
        var pause = Pause.after(failures, Optional.empty(), lot);

        assertThat(pause).isBetween(Duration.ofMillis(500), Duration.ofMinutes(1));
        assertThat(Pause.after(failures + 3, Optional.empty(), lot)).isGreaterThanOrEqualTo(pause);
    }

    @Test
    void receiverMayAskToBeLeftAloneButNotForEver() {
        assertThat(Pause.after(1, Optional.of(Duration.ofMinutes(5)), 0)).isEqualTo(Duration.ofMinutes(5));
        assertThat(Pause.after(1, Optional.of(Duration.ofDays(5)), 0)).isEqualTo(Duration.ofMinutes(10));
        assertThat(Pause.after(1, Optional.of(Duration.ofSeconds(-5)), 0)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void secretsAreShownToNobody() {
        var sink = SinkDocument.read("""
                {"name":"w","type":"webhook","url":"https://logs.example.com","format":"ocsf",
                 "secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","authorization":"${vault.sallyport-sink-logs}"}""");

        assertThat(sink.toString()).doesNotContain("MfKQ");
        assertThat(sink.masked().secret()).contains("**********");
        assertThat(sink.masked().authorization()).contains("${vault.sallyport-sink-logs}");
    }
}

package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostureReportTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @Test
    void aPostureSaysWhereItCameFromByTheServersWordOnly() {
        assertThat(PostureReport.posture("{\"observedAt\":\"2026-11-23T07:00:00Z\"}", NOW)
                        .source())
                .contains("registry");
        assertThatThrownBy(() ->
                        PostureReport.posture("{\"observedAt\":\"2026-11-23T07:00:00Z\",\"source\":\"fleet\"}", NOW))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("source"));
    }

    @Test
    void aPostureMayBeObservedAMinuteAheadOfOurClockAndNoMore() {
        assertThat(PostureReport.posture("{\"observedAt\":\"2026-11-23T08:01:00Z\"}", NOW))
                .isNotNull();
        assertThatThrownBy(() -> PostureReport.posture("{\"observedAt\":\"2026-11-23T08:01:00.001Z\"}", NOW))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo("observedAt"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; ''",
                "[null]; [0]",
                "[[]]; [0]",
                "[{\"posture\":{\"observedAt\":\"2026-11-23T07:00:00Z\"}}]; [0].device",
                "[{\"device\":\"a\"}]; [0].posture",
                "[{\"device\":\"a\",\"posture\":{}}]; [0].posture.observedAt",
                "[{\"device\":\"a\",\"posture\":{\"observedAt\":\"2027-11-23T07:00:00Z\"}}]; [0].posture.observedAt",
                "[{\"device\":\"a\",\"posture\":{\"observedAt\":\"2026-11-23T07:00:00Z\"}},"
                        + "{\"device\":\"b\",\"posture\":{\"observedAt\":\"2026-11-23T07:00:00Z\",\"compliant\":\"yes\"}}]"
                        + "; [1].posture.compliant",
                "[{\"device\":\"a\",\"posture\":{\"observedAt\":\"2026-11-23T07:00:00Z\"},\"x\":1}]; [0].x"
            })
    void aFaultInOneOfManyIsNamedByItsPlace(String json, String path) {
        assertThatThrownBy(() -> PostureReport.all(json, NOW))
                .isInstanceOfSatisfying(
                        DocumentFault.class, fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    void aThousandReportsComeInOneRequestAndNoMore() {
        assertThat(PostureReport.all(reports(1_000), NOW)).hasSize(1_000);
        assertThatThrownBy(() -> PostureReport.all(reports(1_001), NOW)).isInstanceOf(DocumentFault.class);
    }

    private static String reports(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"device\":\"d" + i + "\",\"posture\":{\"observedAt\":\"2026-11-23T07:00:00Z\"}}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}

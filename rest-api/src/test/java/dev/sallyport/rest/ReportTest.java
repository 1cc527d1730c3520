package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.rest.Report.Format;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"})
    void nameThatASpreadsheetWouldRunIsATextThere(String name) {
        assertThat(Report.csv(List.of("policy"), List.of(List.of(name)))).contains("'" + name);
    }

    @Test
    void everythingElseIsWrittenAsItIs() {
        var csv = Report.csv(List.of("day", "policy", "n"), List.of(List.of("2026-11-24", "a \"b\", c", -1L)));

        assertThat(csv).isEqualTo("day,policy,n\r\n2026-11-24,\"a \"\"b\"\", c\",-1\r\n");
    }

    @Test
    void formatIsOneOfThree() {
        assertThat(Format.of(null)).isEqualTo(Format.JSON);
        assertThat(Format.of("csv")).isEqualTo(Format.CSV);
        assertThatThrownBy(() -> Format.of("CSV"))
                .isInstanceOf(DocumentFault.class)
                .hasMessageContaining("format: must be one of json, csv, html");
    }
}

package dev.sallyport.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.rest.Report.Format;
import dev.sallyport.rest.Report.Made;
import dev.sallyport.rest.Report.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {

    private static final Made MADE = new Made(
            "tried",
            "demo",
            Instant.parse("2026-11-28T20:00:00Z"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Tree("sso.example.com/realms/demo/sallyport", 7, "cm9vdA==")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=1+1",
                "+1",
                "-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\nx",
                "＝1",
                "－1",
                "＠x",
                "  =1+1",
                "\uFEFF=1",
                "\u00a0+1"
            })
    void nameThatASpreadsheetWouldRunIsATextThere(String name) {
        assertThat(csv(List.of("policy"), List.of(name))).contains("'" + name);
        assertThat(csv(List.of("policy"), List.of(Optional.of(name)))).contains("'" + name);
        assertThat(csv(List.of("policy"), List.of(List.of(name, "other")))).contains("'" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x;=1+1", "x\t+1", "x\r\n-1", "x; @SUM(A1)", "x;\"=1", "x;=1;=2", "x;＝1"})
    void cellThatBeginsBehindAnotherSeparatorIsATextThere(String name) {
        var csv = csv(List.of("policy"), List.of(name));

        assertThat(csv).contains("'").doesNotContainPattern("[;\\t\\r\\n][\\s\"]*[=+\\-@＝]");
    }

    @Test
    void everythingElseIsWrittenAsItIsAndEachRowSaysWhenAndForWhichTree() {
        var csv = csv(
                List.of("day", "policy", "n", "none", "both"),
                List.of("2026-11-24", "a \"b\", c", -1L, Optional.empty(), List.of("x", "y")));

        assertThat(csv)
                .isEqualTo("day,policy,n,none,both,treeSize,madeAt\r\n"
                        + "2026-11-24,\"a \"\"b\"\", c\",-1,,x y,7,2026-11-28T20:00:00Z\r\n");
    }

    @Test
    void jsonIsOneDocumentHoweverManyPiecesItIsSentIn() {
        var report = new Report("tried", List.of("name", "at"), "name", (session, realm, rows) -> false);
        var form = new ReportForm.Json(report, MADE);

        var text = form.begin(null)
                + form.rows(null, List.of(List.of("a", Optional.empty())), true)
                + form.rows(null, List.of(List.of("b", Optional.of(1L)), List.of("c", 2L)), false)
                + form.end(null);

        assertThat(Documents.tree(text)).isEqualTo(Documents.tree("""
                        {"report":"tried","realm":"demo","madeAt":"2026-11-28T20:00:00Z",
                         "audit":{"origin":"sso.example.com/realms/demo/sallyport","treeSize":7,"rootHash":"cm9vdA=="},
                         "rows":[{"name":"a"},{"name":"b","at":1},{"name":"c","at":2}]}"""));
    }

    private static String csv(List<String> columns, List<?> row) {
        var form =
                new ReportForm.Csv(new Report("tried", columns, columns.get(0), (session, realm, rows) -> false), MADE);
        return form.begin(null) + form.rows(null, List.of(row), true) + form.end(null);
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

package dev.sallyport.rest;

import dev.sallyport.rest.Report.Made;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.theme.FreeMarkerException;
import org.keycloak.theme.Theme;
import org.keycloak.theme.beans.MessageFormatterMethod;
import org.keycloak.theme.freemarker.FreeMarkerProvider;

/**
 * A report as a page to read and to print. Its texts are messages, so a realm can translate or reword them. It has neither
 * script nor picture nor link, and says to the browser that there must not be any.
 */
record ReportPage(Report report, Made made, Locale language) implements ReportForm {

    private static final String TEMPLATE = "sallyport-report.ftl";

    private static final String STYLE = """
            body{font:1rem/1.4 sans-serif;margin:2rem;color:#151515;background:#fff}
            table{border-collapse:collapse;width:100%}
            caption{text-align:left;padding:.5rem 0}
            th,td{border:1px solid #6a6e73;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
            thead th{background:#f0f0f0}
            dt{font-weight:bold}
            dd{margin:0 0 .5rem;overflow-wrap:anywhere}
            @page{size:landscape;margin:1.5cm}
            @media print{body{margin:0;font-size:9pt}thead{display:table-header-group}tr{break-inside:avoid}}
            """;

    /** What the page may load and do: nothing but this style. */
    static final String POLICY = "default-src 'none'; style-src 'sha256-" + hash()
            + "'; base-uri 'none'; form-action 'none'; " + "frame-ancestors 'none'; sandbox";

    private static String hash() {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String begin(KeycloakSession session) {
        return part(session, "begin", Map.of());
    }

    @Override
    public String rows(KeycloakSession session, List<List<?>> rows, boolean first) {
        return part(
                session,
                "rows",
                Map.of("rows", rows.stream().map(ReportPage::cells).toList()));
    }

    private static List<Map<String, Object>> cells(List<?> row) {
        return row.stream()
                .map(value -> value instanceof Boolean truth
                        ? Map.<String, Object>of("truth", truth)
                        : Map.<String, Object>of("text", ReportForm.text(value, ", ")))
                .toList();
    }

    @Override
    public String end(KeycloakSession session) {
        return part(session, "end", Map.of());
    }

    private String part(KeycloakSession session, String part, Map<String, ?> more) {
        try {
            var theme = session.theme().getTheme(Theme.Type.LOGIN);
            var texts = theme.getEnhancedMessages(session.getContext().getRealm(), language);
            var data = new HashMap<String, Object>(more);
            data.put("part", part);
            data.put("language", language.toLanguageTag());
            data.put("msg", new MessageFormatterMethod(language, texts));
            data.put("style", STYLE);
            data.put("id", report.id());
            data.put("columns", report.columns());
            data.put("heading", report.columns().indexOf(report.heading()));
            data.put("realm", made.realm());
            data.put("madeAt", made.madeAt().toString());
            made.from().ifPresent(from -> data.put("from", from));
            made.to().ifPresent(to -> data.put("to", to));
            made.audit()
                    .ifPresent(tree -> data.put(
                            "tree",
                            Map.of(
                                    "origin",
                                    tree.origin(),
                                    "size",
                                    String.valueOf(tree.treeSize()),
                                    "root",
                                    tree.rootHash())));
            return session.getProvider(FreeMarkerProvider.class).processTemplate(data, TEMPLATE, theme);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FreeMarkerException e) {
            throw new IllegalStateException("the report cannot be written", e);
        }
    }
}

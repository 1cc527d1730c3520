package dev.sallyport.rest;

import dev.sallyport.access.realm.PolicyImpact.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.theme.FreeMarkerException;
import org.keycloak.theme.Theme;
import org.keycloak.theme.beans.MessageFormatterMethod;
import org.keycloak.theme.freemarker.FreeMarkerProvider;

/** The impact of policies as a table and as a page. Its texts are messages, so a realm can translate or reword them. */
record PolicyImpactReport(KeycloakSession session, RealmModel realm) {

    private static final String TEMPLATE = "sallyport-policy-impact.ftl";

    static String csv(List<Row> rows) {
        var head = List.of(
                "day", "policy", "allowed", "steppedUp", "denied", "wouldHaveBeenSteppedUp", "wouldHaveBeenDenied");
        return Report.csv(head, rows.stream().map(PolicyImpactReport::cells).toList());
    }

    private static List<Object> cells(Row row) {
        var tally = row.tally();
        return List.of(
                row.day(),
                row.policy(),
                tally.allowed(),
                tally.steppedUp(),
                tally.denied(),
                tally.wouldHaveSteppedUp(),
                tally.wouldHaveDenied());
    }

    /** @param reader whose language it is written in */
    String html(List<Row> rows, Days days, UserModel reader) {
        try {
            var locale = session.getContext().resolveLocale(reader);
            var theme = session.theme().getTheme(Theme.Type.LOGIN);
            var data = new HashMap<String, Object>();
            data.put("language", locale.toLanguageTag());
            data.put("msg", new MessageFormatterMethod(locale, theme.getEnhancedMessages(realm, locale)));
            data.put("from", days.from().toString());
            data.put("to", days.to().toString());
            data.put("rows", rows);
            return session.getProvider(FreeMarkerProvider.class).processTemplate(data, TEMPLATE, theme);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FreeMarkerException e) {
            throw new IllegalStateException("the report cannot be written", e);
        }
    }
}

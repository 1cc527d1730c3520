package dev.sallyport.rest;

import dev.sallyport.privilege.realm.StandingPrivileges.Holding;
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

/** Who holds privileged roles for good, as a table and as a page. */
record StandingPrivilegesReport(KeycloakSession session, RealmModel realm) {

    private static final String TEMPLATE = "sallyport-standing-privileges.ftl";

    static String csv(List<Holding> holdings) {
        return Report.csv(
                List.of("user", "role", "group", "composite", "privileges", "administers"),
                holdings.stream().map(StandingPrivilegesReport::cells).toList());
    }

    private static List<Object> cells(Holding holding) {
        return List.of(
                holding.user(),
                holding.role(),
                holding.group().orElse(""),
                holding.composite().orElse(""),
                String.join(" ", holding.privileges()),
                holding.administers());
    }

    /** @param reader whose language it is written in */
    String html(List<Holding> holdings, UserModel reader) {
        try {
            var locale = session.getContext().resolveLocale(reader);
            var theme = session.theme().getTheme(Theme.Type.LOGIN);
            var data = new HashMap<String, Object>();
            data.put("language", locale.toLanguageTag());
            data.put("msg", new MessageFormatterMethod(locale, theme.getEnhancedMessages(realm, locale)));
            data.put("rows", holdings);
            return session.getProvider(FreeMarkerProvider.class).processTemplate(data, TEMPLATE, theme);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FreeMarkerException e) {
            throw new IllegalStateException("the report cannot be written", e);
        }
    }
}

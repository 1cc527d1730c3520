package dev.sallyport.access.realm;

import dev.sallyport.access.Unmet;
import dev.sallyport.access.realm.AccessGate.Judgement;
import dev.sallyport.device.Recognition;
import dev.sallyport.device.Recognition.Recognised;
import dev.sallyport.device.Recognition.Unrecognised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.theme.Theme;

/**
 * A refusal in the words of the one who is refused: fact, rule, remedy. Texts come from the login theme's messages, so a
 * realm can translate or reword them.
 *
 * @param device which device was recognised, or why none was and what to do about it
 * @param checks what is not met
 */
public record Explanation(String device, List<Check> checks) {

    private static final String PREFIX = "sallyport.";

    /**
     * One unmet check.
     *
     * @param title what is checked
     * @param finding what was found, against what is asked for
     * @param remedy what the user can do about it
     */
    public record Check(String title, String finding, String remedy) {}

    public static Explanation of(KeycloakSession session, RealmModel realm, Locale locale, Judgement judgement) {
        var texts = new Texts(messages(session, realm, locale), locale);
        var checks = judgement.decision().unmet().stream()
                .map(unmet -> check(texts, unmet))
                .distinct()
                .toList();
        return new Explanation(device(texts, judgement.device()), checks);
    }

    /** The remedy for one unmet control in English, for administrators and programs. */
    public static String remedy(KeycloakSession session, RealmModel realm, Unmet unmet) {
        return check(new Texts(messages(session, realm, Locale.ENGLISH), Locale.ENGLISH), unmet)
                .remedy();
    }

    /**
     * One English line for an error description, in the characters that RFC 6749 allows there.
     */
    public static String line(KeycloakSession session, RealmModel realm, Judgement judgement) {
        var explanation = of(session, realm, Locale.ENGLISH, judgement);
        var line = explanation.checks().stream()
                .map(check -> check.title() + ": " + check.finding() + " " + check.remedy())
                .collect(Collectors.joining(" "));
        return line.replaceAll("[^\\x20-\\x7e]", "?").replace('"', '\'').replace('\\', '/');
    }

    private static String device(Texts texts, Recognition recognition) {
        if (recognition instanceof Recognised recognised) {
            var device = recognised.device();
            return texts.text("device.recognised", device.displayName().orElse(device.id()));
        }
        var unrecognised = (Unrecognised) recognition;
        return texts.text(
                "device." + unrecognised.reason().id(), unrecognised.deviceId().orElse(""));
    }

    private static Check check(Texts texts, Unmet unmet) {
        var key = unmet.control();
        var title = texts.find("check." + key).orElse(key);
        var finding = unmet.unknown()
                ? texts.find("finding." + key + ".unknown").orElseGet(() -> texts.text("finding.unknown"))
                : texts.find("finding." + key, unmet.expected(), unmet.actual())
                        .orElseGet(() -> texts.text("finding", unmet.expected(), unmet.actual()));
        var remedy = unmet.remediation()
                .or(() ->
                        unmet.unknown() ? texts.find("remedy." + key + ".unknown", unmet.expected()) : Optional.empty())
                .or(() -> texts.find("remedy." + key, unmet.expected(), unmet.actual()))
                .orElseGet(() -> texts.text("remedy"));
        return new Check(title, finding, remedy);
    }

    private static Properties messages(KeycloakSession session, RealmModel realm, Locale locale) {
        try {
            return session.theme().getTheme(Theme.Type.LOGIN).getEnhancedMessages(realm, locale);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Texts(Properties messages, Locale locale) {

        Optional<String> find(String key, Object... values) {
            return Optional.ofNullable(messages.getProperty(PREFIX + key))
                    .map(pattern -> new MessageFormat(pattern, locale).format(values));
        }

        String text(String key, Object... values) {
            return find(key, values).orElse(PREFIX + key);
        }
    }
}

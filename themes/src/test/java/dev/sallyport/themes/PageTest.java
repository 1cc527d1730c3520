package dev.sallyport.themes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.access.realm.Explanation;
import dev.sallyport.access.realm.Explanation.Check;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

    @Test
    void whatComesFromOutsideCannotBecomeMarkup() {
        var hostile = "<script>alert(1)</script>\"'&";
        var explanation = new Explanation(true, hostile, List.of(new Check(hostile, hostile, hostile)));

        var page = Page.render(explanation);

        assertThat(page).doesNotContain("<script").contains("&lt;script&gt;");
    }

    @Test
    void everyCheckIsListedWithItsRemedy() {
        var checks = List.of(new Check("Firewall", "It is off.", "Switch it on."), new Check("Age", "Old.", "Report."));

        var page = Page.render(new Explanation(false, "Not recognised.", checks));

        assertThat(page).contains("Not recognised.");
        assertThat(page.split("<li>", -1)).hasSize(3);
        assertThat(page).containsSubsequence("Firewall", "It is off.", "Switch it on.", "Age", "Old.", "Report.");
    }

    @Test
    void theWayBackIsALinkThatWorksWithoutScript() {
        var page = Page.render(new Explanation(false, "", List.of()));

        assertThat(page)
                .contains("href=\"/action?session_code=c&amp;return=true\"")
                .contains("action=\"/action?session_code=c\" method=\"post\"")
                .doesNotContain("<script", "onclick", "javascript:");
    }
}

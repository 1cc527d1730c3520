package dev.sallyport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HtmlTest {

    @Test
    void textFromOutsideIsNoMarkup() {
        assertThat(Html.link("\"><script>", "<b>'&"))
                .isEqualTo("<a href=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&#39;&amp;</a>");
    }
}

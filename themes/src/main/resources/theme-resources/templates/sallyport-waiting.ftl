<#-- The page that waits for others to decide. It follows the decision by a script, and without scripts by loading itself again. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.waiting.title", elevation.displayName())}
  <#elseif section = "form">
    <noscript><meta http-equiv="refresh" content="5; url=${url.loginAction}"></noscript>
    <div id="sallyport-waiting" class="${properties.kcFormClass!}" data-next="${url.loginAction}">
      <p id="sallyport-waiting-status" role="status">${elevation.status()}</p>
      <p>${msg("sallyport.waiting.intro")}</p>
      <#if elevation.approvers()?has_content>
        <section aria-labelledby="sallyport-approvers-title">
          <h2 id="sallyport-approvers-title" class="${properties.kcFormLabelTextClass!}">${msg("sallyport.waiting.approvers")}</h2>
          <ul id="sallyport-approvers" class="${properties.kcListClass!}">
            <#list elevation.approvers() as approver><li>${approver}</li></#list>
          </ul>
        </section>
      </#if>
      <p id="sallyport-waiting-until">${elevation.until()}</p>
      <p>${msg("sallyport.waiting.timeout")}</p>
      <form id="sallyport-waiting-form" action="${url.loginAction}" method="post">
        <div class="${properties.kcFormActionGroupClass!}">
          <button type="submit" id="sallyport-look" name="choice" value="look" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.waiting.look")}</button>
          <button type="submit" id="sallyport-without" name="choice" value="without" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.waiting.without")}</button>
          <button type="submit" id="sallyport-cancel" name="choice" value="cancel" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.waiting.cancel")}</button>
        </div>
      </form>
    </div>
    <script>
      (() => {
        const page = document.getElementById("sallyport-waiting");
        const form = document.getElementById("sallyport-waiting-form");
        const status = document.getElementById("sallyport-waiting-status");
        let next = page.dataset.next;
        let looking = false;
        let pressed = null;
        let leaving = false;
        let failures = 0;

        // Each address works once: a button that is pressed meanwhile waits for the next address, and nothing looks afterwards.
        form.addEventListener("submit", event => {
          leaving = !looking;
          if (leaving) return;
          event.preventDefault();
          pressed = event.submitter;
        });

        const look = async () => {
          if (leaving) return;
          looking = true;
          try {
            const answer = await fetch(next + "&sallyport_state=true", { cache: "no-store" });
            const state = await answer.json();
            failures = 0;
            next = state.next;
            form.action = next;
            if (!state.waiting) return location.replace(next);
            if (status.textContent !== state.status) status.textContent = state.status;
          } catch (failure) {
            if (++failures > 2) return location.reload();
          }
          looking = false;
          if (pressed) return form.requestSubmit(pressed);
          setTimeout(look, 2000);
        };
        setTimeout(look, 1000);
      })();
    </script>
  </#if>
</@layout.registrationLayout>

// <zk-check-in>: asks the device where one is, and says plainly when it does not tell.
class CheckIn extends HTMLElement {
  connectedCallback() {
    if (this.asked) return;
    this.asked = true;
    const { latitude, longitude, accuracy } = this.querySelector("form").elements;
    const told = this.querySelector(".check-in-fix");
    const say = (key, state) => {
      told.textContent = told.dataset[key];
      told.dataset.state = state;
    };
    if (latitude.value) return;
    if (!navigator.geolocation || !isSecureContext) return say("absent", "none");
    say("wait", "wait");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude;
        longitude.value = coords.longitude;
        accuracy.value = coords.accuracy;
        told.textContent = told.dataset.found.replace("{}", Math.ceil(coords.accuracy));
        told.dataset.state = "found";
      },
      ({ code, PERMISSION_DENIED }) => {
        say(code === PERMISSION_DENIED ? "refused" : "absent", "none");
        this.querySelector("[name=place]").focus();
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
    return undefined;
  }
}
customElements.define("zk-check-in", CheckIn);

// Home: what waits for you, and how far the project is.
import { Guard } from "../../../shell/guard.tsx";
import { rooms } from "../../../shell/roles.ts";
import { HomeScreen } from "./home-screen.tsx";

export default function Page() {
  return (
    <Guard room={rooms.home}>
      <HomeScreen />
    </Guard>
  );
}

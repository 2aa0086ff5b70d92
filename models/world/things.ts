// Foods, objects, places, weather and the other nouns of the world, with what is true of them.
import { rows } from "./rows.ts";

export interface Food {
  name: string;
  plural: string;
  kind: "fruit" | "vegetable" | "drink" | "meal" | "sweet" | "food";
  colour: string;
  taste: string;
}

// name | plural | kind | colour | taste
const foodTable = rows(`
apple | apples | fruit | red | sweet
pear | pears | fruit | green | sweet
plum | plums | fruit | purple | sweet
cherry | cherries | fruit | red | sweet
strawberry | strawberries | fruit | red | sweet
lemon | lemons | fruit | yellow | sour
orange | oranges | fruit | orange | sweet
banana | bananas | fruit | yellow | sweet
carrot | carrots | vegetable | orange | fresh
potato | potatoes | vegetable | brown | plain
onion | onions | vegetable | white | sharp
pea | peas | vegetable | green | fresh
pumpkin | pumpkins | vegetable | orange | mild
tomato | tomatoes | vegetable | red | fresh
cabbage | cabbages | vegetable | green | mild
mushroom | mushrooms | food | brown | rich
egg | eggs | food | white | mild
pancake | pancakes | meal | golden | sweet
cookie | cookies | sweet | brown | sweet
cake | cakes | sweet | brown | sweet
pie | pies | sweet | golden | sweet
`);
export const foods: readonly Food[] = foodTable.map(([name, plural, kind, colour, taste]) => ({
  name,
  plural,
  kind: kind as Food["kind"],
  colour,
  taste,
}));

/** Foods without a plural, with their kind. */
export const massFoods: readonly { name: string; kind: Food["kind"]; colour: string }[] = [
  { name: "bread", kind: "food", colour: "brown" },
  { name: "cheese", kind: "food", colour: "yellow" },
  { name: "honey", kind: "sweet", colour: "golden" },
  { name: "soup", kind: "meal", colour: "brown" },
  { name: "milk", kind: "drink", colour: "white" },
  { name: "tea", kind: "drink", colour: "brown" },
  { name: "water", kind: "drink", colour: "clear" },
  { name: "rice", kind: "food", colour: "white" },
  { name: "butter", kind: "food", colour: "yellow" },
  { name: "corn", kind: "vegetable", colour: "yellow" },
];

export interface Thing {
  name: string;
  plural: string;
  /** "to open a door": what people use it for. */
  use: string;
  material: string;
  /** A person can hold it in one hand. */
  small: boolean;
}

// name | plural | use | material | size
const thingTable = rows(`
key | keys | to open a door | iron | small
lamp | lamps | to see in the dark | glass | small
umbrella | umbrellas | to stay dry in the rain | cloth | small
ladder | ladders | to climb up to high places | wood | large
rope | ropes | to tie things together | thread | small
boat | boats | to travel on water | wood | large
kite | kites | to play in the wind | paper | small
drum | drums | to make music | wood | small
book | books | to read and learn | paper | small
map | maps | to find the way | paper | small
bell | bells | to call people | iron | small
basket | baskets | to carry things | straw | small
spoon | spoons | to eat soup | wood | small
hammer | hammers | to hit nails | iron | small
broom | brooms | to sweep the floor | straw | small
clock | clocks | to tell the time | iron | small
blanket | blankets | to stay warm in bed | wool | small
hat | hats | to keep the head warm | wool | small
coat | coats | to stay warm in winter | wool | small
bucket | buckets | to carry water | iron | small
cup | cups | to drink tea | clay | small
pot | pots | to cook soup | iron | small
pencil | pencils | to write and draw | wood | small
chair | chairs | to sit down | wood | large
bed | beds | to sleep | wood | large
cart | carts | to carry heavy things | wood | large
net | nets | to catch fish | thread | small
needle | needles | to sew clothes | iron | small
candle | candles | to make light | wax | small
mirror | mirrors | to see your own face | glass | small
ball | balls | to play a game | leather | small
flute | flutes | to play a song | wood | small
scarf | scarves | to keep the neck warm | wool | small
letter | letters | to send news to a friend | paper | small
box | boxes | to keep things safe | wood | small
ring | rings | to wear on a finger | gold | small
`);
export const things: readonly Thing[] = thingTable.map(([name, plural, use, material, size]) => ({
  name,
  plural,
  use,
  material,
  small: size === "small",
}));

export interface Place {
  /** "the forest" */
  the: string;
  /** "in the forest" */
  at: string;
  /** "into the forest" */
  to: string;
  /** Sentences in the past tense that describe it. */
  looks: readonly string[];
  /** What one finds there, for lists and riddles. */
  has: readonly string[];
}

// the | at | to | looks / … | has / …
const placeTable = rows(`
the forest | in the forest | into the forest | The trees were tall and green. / The leaves moved softly in the wind. / It was quiet under the trees. | trees / mushrooms / birds / moss
the river | by the river | to the river | The water was clear and cold. / The river sang over the stones. / Small fish swam in the water. | fish / stones / reeds / boats
the beach | on the beach | to the beach | The sand was warm and soft. / The waves came and went. / The sea was blue and wide. | sand / shells / waves / crabs
the farm | on the farm | to the farm | The hens ran around the yard. / The barn smelled of hay. / A cow looked over the fence. | cows / hens / hay / a barn
the market | at the market | to the market | There were apples and fresh bread. / Many people talked and laughed. / It smelled of fruit and flowers. | fruit / bread / cheese / flowers
the garden | in the garden | into the garden | The roses were red and white. / Bees hummed around the flowers. / The beans grew along the wall. | flowers / bees / beans / a bench
the hill | on the hill | up the hill | The wind was strong up there. / The grass was long and yellow. / From there the whole valley could be seen. | grass / sheep / wind / a path
the lake | by the lake | to the lake | The lake was as smooth as glass. / Two swans swam by. / The moon shone on the water. | swans / boats / reeds / fish
the meadow | in the meadow | across the meadow | The flowers were yellow and blue. / The grass smelled sweet. / Butterflies danced in the sun. | flowers / butterflies / grass / rabbits
the mountain | on the mountain | up the mountain | There was snow on the rocks. / The air was cold and clear. / The path was steep and narrow. | snow / rocks / goats / caves
the village | in the village | to the village | Smoke rose from the roofs. / Children played near the well. / The houses were small and warm. | houses / a well / a bakery / children
the old mill | at the old mill | to the old mill | The big wheel turned slowly. / There was flour on the floor. / The door was a little open. | flour / a wheel / sacks / mice
the harbor | in the harbor | down to the harbor | The ships rocked on the waves. / It smelled of salt and fish. / A sailor sang an old song. | ships / nets / sailors / ropes
the bridge | under the old bridge | to the old bridge | The stones were wet and green. / The water ran fast below. / It was dark and cool there. | stones / moss / shadows / water
the cave | near the cave | to the cave | It was dark inside. / Water dripped from the walls. / Every sound came back as an echo. | bats / rocks / darkness / water
the school | at the school | to the school | The children sat in a circle. / There were drawings on the walls. / A bell rang in the yard. | children / books / desks / a bell
`);
export const places: readonly Place[] = placeTable.map(([the, at, to, looks, has]) => ({
  the,
  at,
  to,
  looks: looks.split(" / "),
  has: has.split(" / "),
}));

export const colours = [
  "red",
  "blue",
  "green",
  "yellow",
  "white",
  "black",
  "brown",
  "gray",
  "orange",
  "purple",
  "pink",
];

export interface Season {
  name: string;
  weather: string;
  happens: string;
  todo: readonly string[];
}
export const seasons: readonly Season[] = [
  {
    name: "spring",
    weather: "mild and fresh",
    happens: "flowers start to grow and birds build nests",
    todo: ["plant seeds", "look for the first flowers", "fly a kite"],
  },
  {
    name: "summer",
    weather: "warm and sunny",
    happens: "the days are long and fruit gets ripe",
    todo: ["swim in the lake", "eat cherries", "sleep under the stars"],
  },
  {
    name: "autumn",
    weather: "cool and windy",
    happens: "leaves turn red and fall from the trees",
    todo: ["pick apples", "collect nuts", "jump into the leaves"],
  },
  {
    name: "winter",
    weather: "cold and snowy",
    happens: "the days are short and the lake freezes",
    todo: ["build a snowman", "drink hot tea", "sit by the fire"],
  },
];

export const days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Things that a person asks about and that the world knows nothing else of: they are copied from prompt to answer. */
export const strangers: readonly string[] = (
  "dragon robot princess king queen pirate wizard giant ghost unicorn lion tiger elephant monkey giraffe zebra camel " +
  "penguin dolphin shark kangaroo panda parrot eagle spider snail star moon cloud snowman rainbow castle tower " +
  "train car bus bicycle rocket balloon guitar piano violin trumpet camera computer phone puppet doll teddy bear " +
  "tree flower rose mountain river island shadow knight soldier clown dancer singer thief detective grandmother " +
  "grandfather uncle neighbor baby girl boy painter tailor astronaut mermaid fairy troll elf witch shoe sock button " +
  "coin stone feather leaf pumpkin snowflake raindrop window door house garden bench violin sandwich"
)
  .replace("teddy bear", "teddy-bear")
  .split(" ")
  .map((word) => word.replace("-", " "));

// The animals of the world and what is true of them. Every text and every question is made from this table.
import { rows } from "./rows.ts";

export type AnimalKind = "bird" | "mammal" | "fish" | "insect" | "reptile" | "amphibian";

export interface Animal {
  name: string;
  plural: string;
  kind: AnimalKind;
  /** Where it lives, with the preposition: "in a den". */
  home: string;
  /** What it eats, most liked first. */
  eats: readonly string[];
  /** "hoots"; absent for silent animals. */
  sound?: string;
  swims: boolean;
  flies: boolean;
  size: "tiny" | "small" | "big" | "huge";
  colour: string;
  /** When it is awake. */
  awake: "day" | "night";
  legs: number;
  young: string;
  trait: string;
  /** One more true sentence about it in the singular. */
  fact: string;
  place: "farm" | "house" | "forest" | "water" | "meadow";
}

// name | plural | kind | lives | eats | sound | abilities | size | colour | awake | legs | young | trait | place | fact
const table = rows(`
owl | owls | bird | in a hollow tree | mice,moths | hoots | flies | small | brown | night | 2 | owlet | wise | forest | An owl can see very well in the dark.
fox | foxes | mammal | in a den | mice,berries | barks |  | small | red | night | 4 | cub | clever | forest | A fox has a long, soft tail.
rabbit | rabbits | mammal | in a burrow | grass,carrots |  |  | small | gray | day | 4 | kitten | quick | meadow | A rabbit has long ears and hears every sound.
bear | bears | mammal | in a cave | honey,fish,berries | growls | swims | huge | brown | day | 4 | cub | strong | forest | A bear sleeps all winter.
hedgehog | hedgehogs | mammal | under a pile of leaves | worms,snails |  |  | small | brown | night | 4 | piglet | shy | forest | A hedgehog rolls into a ball when it is afraid.
squirrel | squirrels | mammal | in a tall tree | nuts,seeds |  |  | small | red | day | 4 | kitten | busy | forest | A squirrel hides nuts for the winter.
mouse | mice | mammal | in a little hole | seeds,cheese | squeaks |  | tiny | gray | night | 4 | pup | careful | house | A mouse can fit through a very small hole.
cat | cats | mammal | in a house | fish,mice | meows |  | small | black | night | 4 | kitten | curious | house | A cat likes to sleep in a warm place.
dog | dogs | mammal | in a house | meat,bones | barks | swims | big | brown | day | 4 | puppy | loyal | house | A dog can smell things that people cannot smell.
horse | horses | mammal | in a stable | grass,apples | neighs | swims | huge | brown | day | 4 | foal | proud | farm | A horse can sleep while it stands.
cow | cows | mammal | in a barn | grass | moos |  | huge | white | day | 4 | calf | calm | farm | A cow gives milk.
sheep | sheep | mammal | in a field | grass | bleats |  | big | white | day | 4 | lamb | gentle | farm | A sheep gives wool for warm coats.
goat | goats | mammal | on a hill | grass,leaves | bleats |  | big | gray | day | 4 | kid | stubborn | farm | A goat can climb steep rocks.
pig | pigs | mammal | in a pen | corn,potatoes | grunts | swims | big | pink | day | 4 | piglet | cheerful | farm | A pig rolls in mud to stay cool.
hen | hens | bird | in a hen house | corn,seeds | clucks |  | small | red | day | 2 | chick | fussy | farm | A hen lays eggs.
duck | ducks | bird | by a pond | plants,seeds | quacks | swims flies | small | green | day | 2 | duckling | friendly | water | A duck has feathers that stay dry in the water.
goose | geese | bird | by a lake | grass,corn | honks | swims flies | big | white | day | 2 | gosling | noisy | water | A goose flies south in the winter.
swan | swans | bird | on a lake | plants |  | swims flies | big | white | day | 2 | chick | graceful | water | A swan has a long neck.
frog | frogs | amphibian | in a pond | flies,worms | croaks | swims | tiny | green | night | 4 | tadpole | jumpy | water | A frog begins its life as a tadpole.
trout | trout | fish | in a river | flies,worms |  | swims | small | silver | day | 0 | fry | quick | water | A trout swims up the river to lay its eggs.
otter | otters | mammal | by a river | fish | whistles | swims | small | brown | day | 4 | pup | playful | water | An otter floats on its back to rest.
beaver | beavers | mammal | in a lodge of sticks | leaves,bark |  | swims | big | brown | night | 4 | kit | hard-working | water | A beaver builds dams with sticks and mud.
deer | deer | mammal | in the forest | leaves,grass |  | swims | big | brown | day | 4 | fawn | gentle | forest | A deer can jump over a high fence.
wolf | wolves | mammal | in the mountains | meat | howls | swims | big | gray | night | 4 | pup | brave | forest | A wolf lives and hunts with its family.
bat | bats | mammal | in a cave | moths,flies | squeaks | flies | tiny | black | night | 2 | pup | quiet | forest | A bat sleeps upside down.
bee | bees | insect | in a hive | honey | buzzes | flies | tiny | yellow | day | 6 | larva | busy | meadow | A bee makes honey from flowers.
butterfly | butterflies | insect | in a meadow | nectar |  | flies | tiny | blue | day | 6 | caterpillar | light | meadow | A butterfly was once a caterpillar.
ant | ants | insect | in an ant hill | seeds,crumbs |  |  | tiny | black | day | 6 | larva | hard-working | meadow | An ant can carry things that are bigger than itself.
crow | crows | bird | in a tall tree | seeds,worms | caws | flies | small | black | day | 2 | chick | clever | meadow | A crow likes shiny things.
robin | robins | bird | in a nest | worms,berries | sings | flies | tiny | red | day | 2 | chick | cheerful | meadow | A robin sings early in the morning.
heron | herons | bird | by a river | fish,frogs |  | flies | big | gray | day | 2 | chick | patient | water | A heron stands still for a long time to catch a fish.
turtle | turtles | reptile | in a pond | plants,worms |  | swims | small | green | day | 4 | hatchling | slow | water | A turtle carries its shell on its back.
snake | snakes | reptile | under a rock | mice,eggs | hisses | swims | small | green | day | 0 | hatchling | quiet | meadow | A snake has no legs.
seal | seals | mammal | by the sea | fish | barks | swims | big | gray | day | 0 | pup | playful | water | A seal can hold its breath for a long time.
whale | whales | mammal | in the sea | tiny fish | sings | swims | huge | blue | day | 0 | calf | gentle | water | A whale comes up to breathe air.
pony | ponies | mammal | in a stable | grass,carrots | neighs | swims | big | white | day | 4 | foal | friendly | farm | A pony is smaller than a horse.
`);

export const animals: readonly Animal[] = table.map(
  ([name, plural, kind, home, eats, sound, abilities, size, colour, awake, legs, young, trait, place, fact]) => ({
    name,
    plural,
    kind: kind as AnimalKind,
    home,
    eats: eats.split(","),
    ...(sound ? { sound } : {}),
    swims: abilities.includes("swims"),
    flies: abilities.includes("flies"),
    size: size as Animal["size"],
    colour,
    awake: awake as Animal["awake"],
    legs: Number(legs),
    young,
    trait,
    fact,
    place: place as Animal["place"],
  }),
);

export const animal = (name: string): Animal | undefined => animals.find((one) => one.name === name);

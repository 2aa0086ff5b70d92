// Words of the world outside the valley, by kind: what requests that a model of the valley cannot answer are about.
// Written for this project. Breadth matters, not truth: nothing here is ever answered.

const split = (list: string, mark: RegExp): readonly string[] =>
  list
    .split(mark)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
const words = (list: string) => split(list, /[,\n]/);
const lines = (list: string) => split(list, /\n/);

/** By the name that stands in braces in the requests of outside.ts. */
export const outsideWords = {
  country: words(`
    France, Germany, Spain, Italy, Portugal, Brazil, Argentina, Chile, Peru, Mexico, Canada, the United States, Japan, China,
    India, Pakistan, Indonesia, Vietnam, Thailand, South Korea, Australia, New Zealand, Egypt, Morocco, Nigeria, Kenya,
    Ethiopia, South Africa, Turkey, Iran, Iraq, Israel, Saudi Arabia, Russia, Ukraine, Poland, Sweden, Norway, Finland,
    Denmark, Iceland, Ireland, the United Kingdom, Scotland, the Netherlands, Belgium, Switzerland, Austria, Greece, Hungary,
    Romania, Cuba, Colombia, Bolivia, Mongolia, Nepal, Bangladesh, Ghana, Senegal, Madagascar, the Philippines`),
  city: words(`
    Paris, London, Berlin, Madrid, Rome, Vienna, Prague, Lisbon, New York, Chicago, Boston, San Francisco, Toronto, Tokyo,
    Osaka, Beijing, Shanghai, Mumbai, Delhi, Bangkok, Singapore, Sydney, Melbourne, Cairo, Lagos, Nairobi, Istanbul, Moscow,
    Warsaw, Stockholm, Amsterdam, Brussels, Zurich, Athens, Budapest, Dublin, Edinburgh, Rio de Janeiro, Buenos Aires, Lima,
    Mexico City, Vancouver, Los Angeles, Miami, Dubai, Hong Kong, Seoul, Kyoto, Barcelona, Venice`),
  famous: words(`
    Albert Einstein, Marie Curie, Isaac Newton, Charles Darwin, Napoleon, Julius Caesar, Cleopatra, Shakespeare, Mozart,
    Beethoven, Leonardo da Vinci, Van Gogh, Picasso, Gandhi, Nelson Mandela, Martin Luther King, Abraham Lincoln,
    George Washington, Queen Victoria, Winston Churchill, Aristotle, Plato, Socrates, Galileo, Ada Lovelace, Alan Turing,
    Nikola Tesla, Thomas Edison, Steve Jobs, Jane Austen, Charles Dickens, Tolstoy, Homer, Buddha, Confucius, Karl Marx,
    Sigmund Freud, Michael Jackson, Madonna, Elvis Presley, the Beatles, Lionel Messi, Serena Williams, Usain Bolt,
    Barack Obama, Angela Merkel, the president, the pope, the prime minister, Batman, Spider-Man, Sherlock Holmes`),
  work: words(`
    Hamlet, Macbeth, Romeo and Juliet, Don Quixote, War and Peace, Moby Dick, Frankenstein, Dracula, The Odyssey,
    Pride and Prejudice, The Lord of the Rings, Star Wars, Titanic, The Matrix, Casablanca, Jurassic Park, Toy Story,
    The Simpsons, Game of Thrones, Breaking Bad, Minecraft, Tetris, Super Mario, the Mona Lisa, the Ninth Symphony, the Bible,
    the Koran, the Iliad, Alice in Wonderland, Robinson Crusoe`),
  company: words(`
    Apple, Google, Microsoft, Amazon, Netflix, Facebook, Twitter, Samsung, Sony, Toyota, Volkswagen, Boeing, Airbus, IBM,
    Intel, Nvidia, OpenAI, Coca-Cola, McDonald's, Starbucks, Nike, Adidas, IKEA, Walmart, PayPal, Uber, Airbnb, Spotify`),
  concept: words(`
    gravity, quantum mechanics, relativity, photosynthesis, evolution, DNA, entropy, electricity, magnetism, black holes,
    plate tectonics, climate change, the greenhouse effect, inflation, supply and demand, compound interest, democracy,
    capitalism, socialism, communism, globalisation, blockchain, cryptocurrency, bitcoin, artificial intelligence,
    machine learning, neural networks, gradient descent, backpropagation, reinforcement learning, the internet, encryption,
    recursion, object-oriented programming, version control, databases, cloud computing, quantum computing, antibiotics,
    vaccines, the immune system, diabetes, cancer, depression, anxiety, meditation, mindfulness, game theory, existentialism,
    stoicism, utilitarianism, free will, consciousness, feminism, human rights, the constitution, copyright, privacy,
    nuclear energy, solar power, renewable energy, hydrogen, carbon dioxide, the periodic table, atoms, electrons, osmosis,
    mitosis, calculus, trigonometry, probability theory, statistics, prime numbers, logarithms, matrices, the stock market,
    taxes, insurance, mortgages, marketing, leadership, project management, agile development, remote work, burnout,
    the Renaissance, the Cold War, the French Revolution, the Roman Empire, the Industrial Revolution, feudalism, apartheid,
    hip hop, jazz, impressionism, cubism, opera, ballet, architecture, linguistics, grammar, metaphors, irony, sarcasm`),
  event: words(`
    the First World War, the Second World War, the moon landing, the fall of the Berlin Wall, the Great Depression,
    the last Olympic Games, the World Cup, the Black Death, the American Civil War, the Russian Revolution, Brexit,
    the sinking of the Titanic, the financial crisis of 2008, the pandemic, the Battle of Waterloo, the Big Bang`),
  // None of things.ts' strangers: the valley has stories about those.
  animal: words(`
    crocodile, octopus, gorilla, chimpanzee, koala, rhinoceros, hippopotamus, cheetah, leopard, llama, flamingo, ostrich,
    peacock, vulture, dinosaur, mammoth, scorpion, tarantula, mosquito, cockroach, jellyfish, lobster, platypus, sloth,
    armadillo, chameleon, iguana, hamster, bison, hyena, walrus, mongoose, salamander, piranha, orangutan, coyote, buffalo,
    vampire, zombie, werewolf, alien, superhero, ninja, cowboy, samurai, cyborg, goblin`),
  food: words(`
    sushi, pizza, spaghetti carbonara, lasagne, curry, tacos, burritos, hummus, falafel, kimchi, ramen, paella, risotto,
    tiramisu, chocolate mousse, cheesecake, guacamole, avocado, broccoli, quinoa, tofu, lentils, salmon, steak, bacon,
    hamburgers, French fries, espresso, cappuccino, red wine, whisky, cocktails, beer, smoothies, granola, yoghurt, croissants`),
  gadget: words(`
    smartphone, laptop, tablet, webcam, microscope, television, printer, router, keyboard, graphics card, drone, smartwatch,
    electric car, motorcycle, scooter, airplane, helicopter, submarine, thermostat, satellite, microwave, dishwasher,
    vacuum cleaner, air conditioner, refrigerator, coffee machine, 3D printer, robot vacuum, credit card, passport`),
  language: words(`
    Python, JavaScript, TypeScript, Java, C++, C#, Rust, Go, Ruby, PHP, Kotlin, Swift, Haskell, SQL, HTML, CSS, Bash, R,
    MATLAB, Perl`),
  tongue: words(`
    French, German, Spanish, Italian, Portuguese, Japanese, Chinese, Korean, Arabic, Hindi, Russian, Turkish, Swedish, Polish,
    Latin, Dutch, Swahili, Hebrew, Vietnamese, Klingon`),
  software: words(`
    Excel, Photoshop, Docker, Kubernetes, Git, GitHub, React, Django, PostgreSQL, MongoDB, Redis, TensorFlow, PyTorch,
    NumPy, pandas, Linux, Windows, Android, iPhone, WordPress, Slack, PowerPoint, Google Docs, Jupyter, nginx, Vim`),
  code_task: words(`
    reverses a string, checks whether a number is prime, computes the factorial of n, merges two dictionaries, parses a date,
    downloads a web page, removes duplicates from an array, finds the longest common prefix, validates an email address,
    implements binary search, balances brackets, counts vowels, converts Celsius to Fahrenheit, generates a random password,
    reads a CSV file, sends an HTTP request, computes Fibonacci numbers, flattens a nested list, debounces a callback,
    traverses a binary tree, rotates a matrix, calculates a checksum, resizes an image, caches results`),
  job: words(`
    software engineer, data scientist, product manager, lawyer, accountant, nurse, surgeon, dentist, pharmacist, electrician,
    plumber, architect, journalist, actor, film director, pilot, flight attendant, police officer, firefighter, politician,
    economist, psychologist, philosopher, physicist, biologist, chemist, mathematician, historian, consultant, entrepreneur,
    social worker, personal trainer, graphic designer, hairdresser, real estate agent, salesperson, marketing manager`),
  theme: words(`
    freedom, justice, loneliness, technology, the ocean, space travel, time, death, love, heartbreak, hope, war, peace,
    ambition, the future, childhood memories, city life, robots taking over, autumn in the city, my grandmother, motivation,
    success, failure, gratitude, money, social media, homework, video games, football, basketball, tennis, yoga, fashion,
    parenting, marriage, divorce, retirement, graduation, school uniforms, climate, recycling, volunteering, immigration,
    gun control, veganism, coffee, sleep deprivation, procrastination, time travel, parallel universes, revenge, betrayal`),
  goal: words(`
    lose weight, build muscle, run a marathon, learn Spanish, learn to code, start a business, save money, invest in stocks,
    buy a house, get a promotion, write a novel, quit smoking, stop procrastinating, improve my memory, get more followers,
    pass my driving test, prepare for an interview, negotiate my salary, lower my blood pressure, reduce stress,
    train for a triathlon, meditate every day, publish a paper, move abroad, adopt a child, sell my car, fix a flat tire,
    renovate my kitchen, unclog a drain, back up my files, file my tax return, apply for a visa, choose a university`),
  symptom: words(`
    a headache, a sore throat, back pain, high blood pressure, a skin rash, insomnia, nausea, a broken arm, hay fever,
    a migraine, heartburn, a twisted ankle, chest pain, dizziness, a toothache, asthma, low iron levels`),
  maths: words(`
    2x + 7 = 19, x^2 - 5x + 6 = 0, the integral of x squared, the derivative of sin(x), 15% of 240, the square root of 144,
    3/4 + 5/8, log base 2 of 64, the area of a circle with radius 7, 12 factorial, 1024 divided by 32, 48 * 17, 999 * 999,
    the volume of a cylinder, sin(30 degrees), the eigenvalues of a 2x2 matrix, 7^3, the sum of the first 100 numbers,
    the probability of two sixes, 5 choose 2, 3.5 * 2.4, 1.2e6 + 4500, the hypotenuse of a triangle with sides 5 and 12`),
  unit: words(`
    5 miles to kilometres, 70 kilograms to pounds, 100 dollars to euros, 350 degrees Fahrenheit to Celsius, 6 feet to metres,
    2 gallons to litres, 90 minutes to hours, 3 tablespoons to millilitres, 1 gigabyte to megabytes, 20 acres to hectares,
    5pm London time to Tokyo time, 0x1F to decimal, 42 to binary, 1999 to Roman numerals`),
  recipient: words(`
    my boss, my landlord, a client, the customer service, my professor, a recruiter, the human resources department,
    my bank, the airline, my internet provider, the editor, our investors, the whole team, a former colleague`),
  matter: words(`
    asking for a raise, a late delivery, cancelling my subscription, a broken laptop, a meeting on Thursday, my resignation,
    a refund, postponing the deadline, an overdue invoice, a noisy neighbour, a job application, a delayed flight,
    a data breach, the quarterly numbers, a conference in Berlin, a password reset, a wrong bill, sick leave`),
  text_kind: words(`
    essay, blog post, press release, product description, cover letter, speech, limerick, haiku, sonnet, rap song,
    screenplay, tweet, slogan, advertisement, LinkedIn post, newsletter, business plan, research proposal, lesson plan,
    movie review, book report, obituary, wedding toast, job advertisement, sales pitch, abstract, horror story,
    science fiction story, detective story, crossword puzzle, quiz, FAQ, contract, manual, diary entry from the year 2090`),
  audience: words(`
    a five-year-old, a beginner, a group of teenagers, experts, my grandmother, university students, investors, a lawyer,
    someone without a technical background, high school pupils`),
  sentence: lines(`
    The meeting has been moved to next Tuesday.
    Our quarterly revenue rose by twelve percent.
    I would like to book a table for two.
    The quick brown fox jumps over the lazy dog.
    She graduated from university in 2015.
    The patient was given antibiotics.
    He don't know nothing about computers.
    Their going to loose the match.
    The algorithm converges after a few iterations.
    I am writing to complain about my order.
    The government announced new taxes.
    This phone is terrible and the battery dies fast.
    The movie was surprisingly good.
    The hotel staff were rude and the room smelled of smoke.
    I absolutely love this restaurant.
    The company was founded in a garage in 1998.
    Scientists discovered water on the planet.
    The train to Munich was delayed.
    Please find the attached invoice.
    You have won a free cruise.
    Whom should I contact about the vacancy.
    Stocks fell sharply.`),
  foreign: lines(`
    Bonjour! Comment ça va?
    Wie komme ich zum Bahnhof?
    ¿Dónde está la biblioteca?
    Qual è la capitale d'Italia?
    Schreib mir ein Gedicht über den Herbst.
    Quelle heure est-il?
    Escribe un cuento corto.
    Was ist der Sinn des Lebens?
    Raconte-moi une histoire drôle.
    Hola, ¿cómo estás?
    Ciao, come stai?
    Olá, tudo bem?
    こんにちは
    你好，请介绍一下你自己
    Привет, как дела?
    مرحبا
    안녕하세요
    Hej, hur mår du?
    Merhaba, nasılsın?
    Hvad hedder du?
    Kuinka voit?
    Explique la photosynthèse.
    Traduis en anglais: le chat dort.
    今日の天気は？
    写一首关于春天的诗
    Что такое любовь?
    Erkläre mir die Relativitätstheorie.
    Come si fa la carbonara?
    Quem descobriu o Brasil?
    Jak się masz?
    γεια σου`),
  noise: lines(`
    asdf
    asdfasdf
    qwerty
    test
    testing 123
    ???
    !!!
    ...
    lol
    ok
    hmm
    xyzzy
    foo bar baz
    lorem ipsum dolor sit amet
    aaaaaa
    123456
    3.14159
    https://example.com/page?id=7
    :-)
    🙂
    🚀🚀🚀
    hjkl
    null
    undefined
    NaN
    SELECT * FROM users;
    <script>alert(1)</script>
    sudo rm -rf /
    print("hello")
    {"a": 1}
    blah blah blah
    brb
    wtf
    idk
    yo
    sup
    u there?`),
} as const satisfies Record<string, readonly string[]>;

export type OutsideWord = keyof typeof outsideWords;

// What Stripe's own type declarations say of an answer: the contract that its SDK's users compile against.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('node_modules/stripe/cjs/resources', import.meta.url));

export class Declarations {
  #checker;
  #objects = new Map();

  constructor() {
    const files = ts.sys.readDirectory(root, ['.d.ts']);
    const program = ts.createProgram(files, { strict: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] });
    this.#checker = program.getTypeChecker();
    for (const file of files) this.#read(program.getSourceFile(file));
  }

  /** What in an answer is not as declared, a sentence each. */
  problemsOf(answer) {
    const problems = [];
    if (answer.object === 'list' || answer.object === 'search_result') {
      for (const [index, item] of answer.data.entries()) this.#checkObject(item, `${item.object}`, problems, index);
      if (typeof answer.has_more !== 'boolean' || typeof answer.url !== 'string') problems.push(`${answer.object}: has_more or url`);
    } else {
      this.#checkObject(answer, answer.object, problems);
    }
    return problems;
  }

  #checkObject(value, place, problems) {
    const types = this.#objects.get(value.object);
    if (!types) problems.push(`${place} is an object that the declarations do not have`);
    else this.#best(types, value, place, problems);
  }

  // Every exported interface with `object: 'word'` is the declaration of that object, or of what is left of a deleted one.
  #read(file) {
    for (const symbol of this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(file) ?? { exports: new Map() })) {
      const declared = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
      if (!(declared.flags & ts.SymbolFlags.Interface)) continue;
      const type = this.#checker.getDeclaredTypeOfSymbol(declared);
      const object = type.getProperty('object');
      const word = object && this.#checker.getTypeOfSymbol(object);
      if (!word?.isStringLiteral()) continue;
      const known = this.#objects.get(word.value) ?? [];
      if (!known.includes(type)) this.#objects.set(word.value, [...known, type]);
    }
  }

  #check(type, value, place, problems) {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return;
    const members = (type.isUnion() ? type.types : [type]).filter(member => !(member.flags & ts.TypeFlags.Undefined));
    if (value === null) {
      if (!members.some(member => member.flags & ts.TypeFlags.Null)) problems.push(`${place} is null`);
    } else if (typeof value === 'string') {
      this.#checkText(members, value, place, problems);
    } else if (typeof value === 'number') {
      const fits = members.some(member => member.flags & ts.TypeFlags.Number || (member.isNumberLiteral() && member.value === value));
      if (!fits || !Number.isSafeInteger(value)) problems.push(`${place} is the number ${value}`);
    } else if (typeof value === 'boolean') {
      const word = value ? 'true' : 'false';
      const fits = members.some(member => member.flags & ts.TypeFlags.Boolean || (member.flags & ts.TypeFlags.BooleanLiteral && this.#checker.typeToString(member) === word));
      if (!fits) problems.push(`${place} is ${value}`);
    } else if (Array.isArray(value)) {
      const list = members.find(member => this.#checker.isArrayType(member));
      if (!list) problems.push(`${place} is a list`);
      else for (const item of value) this.#check(this.#checker.getTypeArguments(list)[0], item, `${place}[]`, problems);
    } else {
      const objects = members.filter(member => member.flags & ts.TypeFlags.Object && !this.#checker.isArrayType(member));
      if (objects.length === 0) problems.push(`${place} is an object`);
      else this.#best(objects, value, place, problems);
    }
  }

  // `'a' | 'b' | OtherString` leaves room for words to come; a word that Stripe does not have is named all the same.
  #checkText(members, value, place, problems) {
    const words = members.filter(member => member.isStringLiteral());

    // The SDK makes its Decimal of what is a text on the wire.
    if (members.some(member => this.#checker.typeToString(member) === 'Decimal') && /^-?\d+(\.\d+)?$/.test(value)) return;
    if (words.some(word => word.value === value)) return;
    if (!members.some(member => member.flags & ts.TypeFlags.String)) {
      problems.push(words.length ? `${place} is '${value}'` : `${place} is a text`);
    }
  }

  /** Checks against the declaration that fits best, of those whose words (`type: 'charge.refunded'`) are the value's. */
  #best(types, value, place, problems) {
    const named = types.filter(type => this.#wordsFit(type, value));
    const attempts = (named.length ? named : types).map(type => {
      const found = [];
      this.#checkProperties(type, value, place, found);
      return found;
    });
    problems.push(...attempts.reduce((best, found) => (found.length < best.length ? found : best)));
  }

  #wordsFit(type, value) {
    return this.#checker.getPropertiesOfType(type).every(property => {
      const word = this.#checker.getTypeOfSymbol(property);
      return !word.isStringLiteral() || value[property.name] === word.value;
    });
  }

  // What an update has left as it was is not in previous_attributes, also within objects.
  #checkProperties(type, value, place, problems) {
    const index = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const known = new Set();
    for (const property of this.#checker.getPropertiesOfType(type)) {
      known.add(property.name);
      if (property.name in value) this.#check(this.#checker.getTypeOfSymbol(property), value[property.name], `${place}.${property.name}`, problems);
      else if (!(property.flags & ts.SymbolFlags.Optional) && !place.includes('.previous_attributes.')) problems.push(`${place}.${property.name} is missing`);
    }
    for (const [name, item] of Object.entries(value)) {
      if (known.has(name)) continue;
      if (index) this.#check(index.type, item, `${place}.*`, problems);
      else problems.push(`${place}.${name} is not declared`);
    }
  }
}

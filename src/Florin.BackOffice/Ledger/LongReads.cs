using Florin.Kernel;

namespace Florin.BackOffice.Ledger;

/// <summary>Turns of questions that read all of a book, so that who presses a button again and again holds up nobody's payments.</summary>
internal sealed class LongReads() : Turns(atOnce: 2, "Too many books are read at once; try again in a moment.");

namespace Florin.Pages;

/// <summary>What is wrong with one field.</summary>
/// <param name="FieldId">The input's <c>id</c>.</param>
/// <param name="Sentence">In the page's language: what is wrong, and what would be right.</param>
public sealed record FieldError(string FieldId, string Sentence)
{
    /// <summary>Leaves out the fields that are right.</summary>
    public static IReadOnlyList<FieldError> Of(params IEnumerable<(string FieldId, string? Sentence)> fields) =>
        [.. fields.Where(field => field.Sentence is not null).Select(field => new FieldError(field.FieldId, field.Sentence!))];
}

using Florin.Payments.Wire;

namespace Florin.Payments.Files;

/// <summary>What a file is, by its first bytes.</summary>
internal static class FileTypes
{
    /// <returns>Null for what is none of the types that are taken.</returns>
    public static FileType? Recognize(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("%PDF-"u8)) return FileType.Pdf;

        // ISO/IEC 15948 section 5.2.
        if (content.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return FileType.Png;

        // ISO/IEC 10918-1 annex B: start of image, then another marker.
        if (content.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return FileType.Jpg;
        return null;
    }

    public static FileType OfMediaType(string mediaType) => Enum.GetValues<FileType>().First(type => WireText.MediaTypeOf(type) == mediaType);
}

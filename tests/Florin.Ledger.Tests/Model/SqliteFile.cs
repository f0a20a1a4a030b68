using System.Buffers.Binary;

namespace Florin.Ledger.Tests.Model;

/// <summary>Where the rows of a table lie in an SQLite file (https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1).</summary>
internal sealed class SqliteFile(byte[] bytes)
{
    private const int HeaderOfFirstPage = 100;
    private const byte TableInterior = 0x05;
    private const byte TableLeaf = 0x0D;
    private const byte IndexInterior = 0x02;
    private const byte IndexLeaf = 0x0A;

    // Bytes 16 and 17 of the file; 1 stands for 65,536, which nothing here uses.
    private readonly int pageSize = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16));

    /// <summary>The columns' bytes of each row of the tree that begins on this page. Rows that spill over to other pages are
    /// left out.</summary>
    public IEnumerable<Range> Rows(long rootPage)
    {
        var page = (int)(rootPage - 1) * pageSize;
        var header = page + (rootPage == 1 ? HeaderOfFirstPage : 0);
        var kind = bytes[header];
        var isInterior = kind is TableInterior or IndexInterior;
        var cells = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(header + 3));
        var pointers = header + (isInterior ? 12 : 8);
        for (var i = 0; i < cells; i++)
        {
            var cell = page + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(pointers + (2 * i)));
            if (isInterior)
            {
                foreach (var row in Rows(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(cell)))) yield return row;
                cell += 4;
            }

            if (kind == TableInterior) continue;
            var size = Varint(ref cell);
            if (kind == TableLeaf) Varint(ref cell);

            // More than a quarter of a page may have spilled over.
            if (size < pageSize / 5) yield return Body(cell, (int)size);
        }

        if (!isInterior) yield break;
        foreach (var row in Rows(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(header + 8)))) yield return row;
    }

    // A row begins with the size of its header, which says of what kind each column is.
    private Range Body(int start, int size)
    {
        var at = start;
        var header = (int)Varint(ref at);
        return (start + header)..(start + size);
    }

    private long Varint(ref int at)
    {
        var value = 0L;
        for (var i = 0; i < 8; i++)
        {
            var next = bytes[at++];
            value = (value << 7) | (uint)(next & 0x7F);
            if (next < 0x80) return value;
        }

        return (value << 8) | bytes[at++];
    }
}

"use client";

import { Pencil, Trash2 } from "lucide-react";
import type { SavedReply } from "@/components/hooks/use-saved-replies";
import { MenuItem } from "@/components/ui/menu";
import { RowMenu } from "@/components/ui/row-menu";
import { ActionsHead, Cell, ColumnHead, Table } from "@/components/ui/table";

type ReplyTableProps = {
  replies: readonly SavedReply[];
  onEdit: (reply: SavedReply) => void;
  onRemove: (reply: SavedReply) => void;
};

export function ReplyTable({ replies, onEdit, onRemove }: ReplyTableProps) {
  return (
    <Table aria-label="Saved replies">
      <thead>
        <tr>
          <ColumnHead>Title</ColumnHead>
          <ColumnHead>Shortcut</ColumnHead>
          <ColumnHead optional>Text</ColumnHead>
          <ColumnHead optional>Brand</ColumnHead>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {replies.map((reply) => (
          <tr key={reply._id} className="hover:[&>td]:bg-sunk">
            <Cell className="max-w-56 font-medium max-md:w-full max-md:max-w-0">
              <span className="block truncate" title={reply.title}>
                {reply.title}
              </span>
            </Cell>
            <Cell className="font-mono text-12 whitespace-nowrap">
              {reply.shortcut === null ? (
                <span className="font-sans text-ink-3">none</span>
              ) : (
                `/${reply.shortcut}`
              )}
            </Cell>
            <Cell optional className="w-full max-w-0 text-ink-2">
              <span className="block truncate" title={reply.body}>
                {reply.body}
              </span>
            </Cell>
            <Cell optional className="max-w-40 whitespace-nowrap text-ink-2">
              <span className="block truncate">
                {reply.brandId === null ? "All brands" : (reply.brandName ?? "A former brand")}
              </span>
            </Cell>
            <Cell className="w-px text-right">
              {reply.mayEdit ? <ReplyMenu reply={reply} onEdit={onEdit} onRemove={onRemove} /> : null}
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

type ReplyMenuProps = Omit<ReplyTableProps, "replies"> & { reply: SavedReply };

function ReplyMenu({ reply, onEdit, onRemove }: ReplyMenuProps) {
  return (
    <RowMenu of={reply.title}>
      <MenuItem
        icon={<Pencil size={16} aria-hidden="true" />}
        onSelect={() => setTimeout(() => onEdit(reply))}
      >
        Edit
      </MenuItem>
      <MenuItem icon={<Trash2 size={16} aria-hidden="true" />} onSelect={() => onRemove(reply)}>
        Delete
      </MenuItem>
    </RowMenu>
  );
}

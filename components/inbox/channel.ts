import { Mail, MessageSquare, MessageSquareText, Phone, Smartphone } from "lucide-react";

/** Each channel's word, icon and tint. */
export const CHANNEL_LOOK = {
  web_chat: { word: "Web chat", Icon: MessageSquare, color: "text-channel-web" },
  email: { word: "Email", Icon: Mail, color: "text-channel-email" },
  whatsapp: { word: "WhatsApp", Icon: MessageSquareText, color: "text-channel-whatsapp" },
  voice: { word: "Voice", Icon: Phone, color: "text-channel-web" },
  sms: { word: "SMS", Icon: Smartphone, color: "text-channel-sms" },
} as const;
